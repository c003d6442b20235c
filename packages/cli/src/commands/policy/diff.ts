import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { policiesArgument } from "../../policy/load-policies.js";
import { makePlan, planOptions } from "../../policy/plan-options.js";
import { describePlan } from "../../policy/show-plan.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy diff",
    summary: summaries.diff,
    details: [
      "Compares what policies say: order, comments and formatting are no difference. With --check it exits with 1 when the server has drifted from the files.",
    ],
    arguments: [policiesArgument],
    options: [...planOptions, { name: "check", description: "exit 1 when something differs" }],
    examples: [
      { command: "kinko policy diff policies", does: "lines of HCL that differ" },
      { command: "kinko policy diff policies --prune --check", does: "a drift check for CI" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const { plan } = await makePlan(context, input, input.args);
  if (globals.json) await output.json(plan);
  else await output.data(describePlan(plan, output.style, { rules: true, decisions: false }));
  return input.flag("check") && plan.changes.length > 0 ? exitCodes.Internal : exitCodes.Ok;
}
