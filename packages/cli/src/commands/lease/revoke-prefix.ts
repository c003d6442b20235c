import { isSecretError, type DynamicCapability } from "@kinko/core";
import type { Command, CommandContext } from "../../command.js";
import { CliError } from "../../errors.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { printable } from "../../output/output.js";
import { confirm } from "../../prompt/ask.js";
import { signalOf } from "../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "lease revoke-prefix",
    summary: summaries["revoke-prefix"],
    details: [
      "Whole segments: database/creds/read is no prefix of database/creds/readonly. --dry-run lists what would end.",
      "--forget is for a database that is gone for good: its leases are removed from Vault, and what still lives in the database stays there. With Vault all of this needs sudo.",
    ],
    arguments: [{ name: "PREFIX", description: "such as database/creds/readonly" }],
    options: [{ name: "forget", description: "do not even try to end the credentials" }],
    examples: [
      {
        command: "kinko lease revoke-prefix database/creds/readonly --dry-run",
        does: "what would end",
      },
      { command: "kinko lease revoke-prefix database/creds/readonly", does: "asks first" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const prefix = input.args[0] as string;
  const store = await context.openStore();
  const dynamic = store.as("dynamic");
  const forget = input.flag("forget");
  const ids = await idsBeneath(context, dynamic, prefix);
  if (ids?.length === 0) {
    throw new CliError("NotFound", "There is no lease beneath this prefix.", {
      reason: "no-leases",
      advice: "List a shorter one, such as kinko lease list database.",
    });
  }
  if (globals.dryRun) {
    if (globals.json) await output.json({ leases: ids ?? null });
    else await output.data((ids ?? []).map((id) => `${printable(id)}\n`).join(""));
    output.note(`Would ${forget ? "forget" : "end"} ${countOf(ids)}.`);
    return exitCodes.Ok;
  }
  await confirm(
    io,
    globals.yes,
    forget
      ? `Forget ${countOf(ids)} beneath ${printable(prefix)}? The credentials live on in the database.`
      : `End ${countOf(ids)} beneath ${printable(prefix)}, and the credentials with them?`,
  );
  const call = { signal: signalOf(context) };
  if (forget) await store.as("leases").forgetPrefix(prefix, call);
  else await dynamic.revokePrefix(prefix, call);
  output.note(`${forget ? "Forgot" : "Ended"} ${countOf(ids)}.`);
  return exitCodes.Ok;
}

/** Undefined when the credentials do not allow to know. */
async function idsBeneath(
  context: CommandContext,
  dynamic: DynamicCapability,
  prefix: string,
): Promise<readonly string[] | undefined> {
  const ids: string[] = [];
  try {
    for await (const page of dynamic.list(prefix, { signal: signalOf(context) })) ids.push(...page);
    return ids;
  } catch (error) {
    if (!isSecretError(error, "PermissionDenied")) throw error;
    context.output.warn("The credentials may not list leases: nobody knows how many this ends.");
    return undefined;
  }
}

function countOf(ids: readonly string[] | undefined): string {
  if (ids === undefined) return "all leases";
  return ids.length === 1 ? "1 lease" : `${ids.length} leases`;
}
