import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { writeFileAtomically } from "../../files/write-file.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { policiesArgument } from "../../policy/load-policies.js";
import { makePlan, planOptions } from "../../policy/plan-options.js";
import { describePlan } from "../../policy/show-plan.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy plan",
    summary: summaries.plan,
    details: [
      "Tells for each policy the rules that differ, and the capabilities that the change opens and closes for a token with that policy. Nothing is changed. A plan in a file is applied as it is, or not at all when the server has changed meanwhile.",
    ],
    arguments: [policiesArgument],
    options: [
      ...planOptions,
      {
        name: "output",
        short: "o",
        value: "FILE",
        description: "also write it to a file, for kinko policy apply --plan",
        completes: "file",
      },
    ],
    examples: [
      { command: "kinko policy plan policies", does: "look at it" },
      { command: "kinko policy plan policies -o policies.plan.json", does: "keep it for a review" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals, io } = context;
  const { plan } = await makePlan(context, input, input.args);
  if (globals.json) await output.json(plan);
  else await output.data(describePlan(plan, output.style, { rules: true, decisions: true }));
  const file = input.text("output");
  if (file !== undefined && globals.dryRun) output.note(`Would write ${file}.`);
  else if (file !== undefined) {
    const text = `${JSON.stringify(plan, null, 2)}\n`;
    await writeFileAtomically(file, text, { cwd: io.cwd, mode: 0o644 });
    output.note(`Wrote ${file}; kinko policy apply --plan ${file} applies it.`);
  }
  return exitCodes.Ok;
}
