import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { durationOf } from "../../input/option-values.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { signalOf, ttlOption } from "../../vault/options.js";
import { showFacts } from "../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "lease renew",
    summary: summaries.renew,
    details: [
      "A lease that was revoked or is over cannot be renewed, nor one that its store calls not renewable: get new credentials then.",
    ],
    arguments: [{ name: "ID", description: "id of the lease" }],
    options: [{ ...ttlOption, description: "wished life from now on (default: that of the role)" }],
    examples: [
      { command: "kinko lease renew database/creds/readonly/qNMx… --ttl 8h", does: "for today" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output, io } = context;
  const id = input.args[0] as string;
  const incrementSeconds = durationOf(input, "ttl");
  const dynamic = (await context.openStore()).as("dynamic");
  if (globals.dryRun) {
    const { renewable, remainingSeconds } = await dynamic.lookup(id, { signal: signalOf(context) });
    output.note(
      renewable
        ? `Would renew a lease that ends in ${remainingSeconds} s.`
        : `This lease, which ends in ${remainingSeconds} s, cannot be renewed.`,
    );
    return exitCodes.Ok;
  }
  const renewed = await dynamic.renew(id, { signal: signalOf(context), incrementSeconds });
  if (incrementSeconds !== undefined && renewed.durationSeconds < incrementSeconds - 1) {
    output.warn(`The lease nears its longest life: it got ${renewed.durationSeconds} s.`);
  }
  await showFacts(context, {
    id: renewed.id,
    expiresAt: new Date(io.clock.now() + renewed.durationSeconds * 1_000),
    remainingSeconds: renewed.durationSeconds,
    renewable: renewed.renewable,
  });
  return exitCodes.Ok;
}
