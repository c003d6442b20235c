import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { ruleOptions, rulesOf } from "../../../vault/kv-rules.js";
import { callOf } from "../../../vault/options.js";
import { showFacts } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault kv config",
    summary: summaries.config,
    details: ["Without options the rules are shown."],
    arguments: [
      { name: "MOUNT", description: "path of the engine" },
      { name: "PATH", optional: true, description: "only for this secret" },
    ],
    options: ruleOptions,
    examples: [
      { command: "kinko vault kv config secret", does: "the rules of an engine" },
      { command: "kinko vault kv config secret prod/app --max-versions 3", does: "of one secret" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const [mount, path] = input.args as [string, string | undefined];
  const rules = rulesOf(input);
  const changes = Object.values(rules).some((value) => value !== undefined);
  const admin = (await context.openStore()).as("kvAdmin");
  const call = callOf(context);
  if (changes && context.globals.dryRun) {
    context.output.note(`Would change the rules of ${path ?? mount}.`);
  } else if (path === undefined) {
    await showFacts(context, { ...(await admin.configure(mount, rules, call)) });
  } else {
    const found = changes
      ? await admin.configureSecret(mount, path, rules, call)
      : await admin.readSecretConfig(mount, path, call);
    const { maxVersions, casRequired, deleteVersionAfterSeconds } = found;
    await showFacts(context, { maxVersions, casRequired, deleteVersionAfterSeconds });
  }
  return exitCodes.Ok;
}
