import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { loadPolicyCode } from "../../policy/load-policies.js";
import { questionArguments, questionOf, questionOptions } from "../../policy/question.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy can",
    summary: summaries.can,
    details: [
      "Decides in process, as Vault would for a token with all these policies. Exits with 0 when it is allowed, and with 11 (PermissionDenied) when it is not.",
    ],
    arguments: questionArguments,
    options: questionOptions,
    examples: [
      { command: "kinko policy can read secret/data/app/db -p app.hcl", does: "yes or no" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const question = await questionOf(context, input);
  const { can } = await loadPolicyCode();
  const { allowed, reason, rules, missing, parameter } = can(question);
  if (globals.json) {
    const by = rules.map(({ policy, rule, path }) => ({
      policy,
      rule: rule.path,
      path,
      ...(rule.position === undefined ? {} : { line: rule.position.line }),
    }));
    await output.json({ allowed, reason, rules: by, missing, parameter });
  } else {
    await output.data(`${allowed ? "allowed" : `denied (${reason})`}\n`);
  }
  return allowed ? exitCodes.Ok : exitCodes.PermissionDenied;
}
