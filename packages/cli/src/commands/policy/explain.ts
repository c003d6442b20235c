import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { loadPolicyCode } from "../../policy/load-policies.js";
import { questionArguments, questionOf, questionOptions } from "../../policy/question.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy explain",
    summary: summaries.explain,
    details: [
      "Names the rule that decides, what is missing, and the smallest rule that would allow it. Exits with 0 either way; kinko policy can tells them apart.",
    ],
    arguments: questionArguments,
    options: questionOptions,
    examples: [
      { command: "kinko policy explain update secret/data/app/db -p app.hcl", does: "why a 403?" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const question = await questionOf(context, input);
  const { explain, printPolicy } = await loadPolicyCode();
  const { decision, text, suggestion } = explain(question);
  if (globals.json) {
    const { allowed, reason } = decision;
    const rule = suggestion === undefined ? undefined : printPolicy({ rules: [suggestion] });
    await output.json({ allowed, reason, text, suggestion: rule });
  } else {
    await output.data(`${text}\n`);
  }
  return exitCodes.Ok;
}
