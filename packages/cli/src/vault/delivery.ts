import type { Secret } from "@kinko/core";
import type { CommandContext, OptionSpec } from "../command.js";
import { prepareFile } from "../files/prepared-file.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { showFacts, type Facts } from "./show.js";

/** How a secret that a command makes leaves it. */
export const secretOptions: readonly OptionSpec[] = [
  {
    name: "out",
    short: "o",
    value: "FILE",
    description: "write it to a file that only you can read",
    completes: "file",
  },
  { name: "reveal", description: "write it to stdout, and nothing else" },
];

/** Where a secret is to go that can be had only once. */
export interface Delivery {
  /** Whether somebody has it: the file is there, or stdout has taken it. */
  readonly isDelivered: boolean;
  /** Hands it out as the options say, else masked; the facts are shown unless it is alone. */
  deliver(secret: Secret, facts: Facts): Promise<void>;
  /** Removes what was made ready and not used. Idempotent; never throws. */
  discard(): Promise<void>;
}

/**
 * Makes the file of `--out` ready. MUST be called before the secret is asked for: a folder that
 * cannot be written to must not cost a secret.
 *
 * @throws CliError (File)
 */
export async function prepareDelivery(
  context: CommandContext,
  input: ParsedInput,
): Promise<Delivery> {
  const { io, output, globals } = context;
  const name = input.text("out");
  const file = name === undefined ? undefined : await prepareFile(name, { cwd: io.cwd });
  let isDelivered = false;
  return {
    get isDelivered() {
      return isDelivered;
    },
    async deliver(secret, facts) {
      const bytes = secret.bytes();
      try {
        if (file !== undefined) {
          await file.write(bytes);
          await file.commit();
          isDelivered = true;
          output.note(`Wrote it to ${name}, readable only by you.`);
          await showFacts(context, facts);
        } else if (input.flag("reveal") && globals.json) {
          await showFacts(context, { ...facts, value: bytes.toString("utf8") });
          isDelivered = true;
        } else if (input.flag("reveal")) {
          await output.data(bytes);
          isDelivered = true;
          if (bytes.at(-1) !== 0x0a) await output.data("\n");
        } else {
          await showFacts(context, facts);
          output.note("It is not shown, and cannot be had again: add --reveal or --out FILE.");
        }
      } finally {
        bytes.fill(0);
      }
    },
    async discard() {
      await file?.discard();
    },
  };
}
