import { isSecretError, type DynamicCapability } from "@kinko/core";
import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { printable } from "../../output/output.js";
import { confirm } from "../../prompt/ask.js";
import { signalOf } from "../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "lease revoke",
    summary: summaries.revoke,
    details: [
      "Every id is looked up first, where that is allowed, so that a wrong one ends nothing at all. When the command is done the credentials are gone.",
    ],
    arguments: [{ name: "IDS…", description: "ids of leases", variadic: true }],
    options: [],
    examples: [{ command: "kinko lease revoke database/creds/readonly/qNMx…", does: "asks first" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const ids = [...new Set(input.args)];
  const dynamic = (await context.openStore()).as("dynamic");
  for (const id of ids) await checkLives(context, dynamic, id);
  const what = ids.length === 1 ? "this lease" : `these ${ids.length} leases`;
  if (globals.dryRun) {
    output.note(`Would end ${what}, and the credentials with it.`);
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, `End ${what}, and the credentials with it?`);
  const failures: Error[] = [];
  for (const id of ids) {
    try {
      await dynamic.revoke(id, { signal: signalOf(context) });
      output.note(`Ended ${printable(id)}.`);
    } catch (error) {
      failures.push(error as Error);
      output.warn(`${printable(id)} lives on.`);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first;
  return exitCodes.Ok;
}

/** @throws LeaseExpiredError, so that a misspelt id is not taken for one that has ended */
async function checkLives(
  context: CommandContext,
  dynamic: DynamicCapability,
  id: string,
): Promise<void> {
  try {
    await dynamic.lookup(id, { signal: signalOf(context) });
  } catch (error) {
    if (!isSecretError(error, "PermissionDenied")) throw error;
    context.output.warn("The credentials may not look leases up: the id was not checked.");
  }
}
