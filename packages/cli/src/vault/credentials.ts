import type { IssuedLease } from "@kinko/core";
import type { CommandContext } from "../command.js";
import { writeFileAtomically } from "../files/write-file.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { showFacts, type Facts } from "./show.js";

/** Whether the command line says where credentials are to go. */
export function isDelivered(input: ParsedInput): boolean {
  return input.flag("reveal") || input.flag("out");
}

/** Hands credentials out as the options say; without one of them only what is no secret is shown. */
export async function deliverCredentials(
  context: CommandContext,
  input: ParsedInput,
  {
    id,
    secret,
    durationSeconds,
    renewable,
  }: Omit<IssuedLease, "durationSeconds"> & {
    /** What is left, also of what the lease depends on. */
    readonly durationSeconds: number;
  },
): Promise<void> {
  const { io, output } = context;
  const parts = secret.json() as Readonly<Record<string, string>>;
  const facts: Facts = {
    leaseId: id === "" ? undefined : id,
    expiresAt: new Date(io.clock.now() + durationSeconds * 1_000),
    renewable,
  };
  const file = input.text("out");
  if (file !== undefined) {
    const bytes = secret.bytes();
    try {
      await writeFileAtomically(file, bytes, { cwd: io.cwd });
    } finally {
      bytes.fill(0);
    }
    output.note(`Wrote it to ${file} as JSON, readable only by you.`);
  }
  const shown = input.flag("reveal") ? parts : { username: parts["username"] };
  await showFacts(context, { ...shown, ...facts });
}
