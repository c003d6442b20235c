import type { PoliciesCapability, PolicyPlan } from "@kinko/provider-vault";
import type { Command, CommandContext } from "../../command.js";
import { usageError } from "../../errors.js";
import { exitCodes } from "../../exit-codes.js";
import { readDocument } from "../../files/read-document.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { printable } from "../../output/output.js";
import { loadPolicyCode, policiesArgument } from "../../policy/load-policies.js";
import { makePlan, openPolicies, planOptions } from "../../policy/plan-options.js";
import { describePlan } from "../../policy/show-plan.js";
import { confirm } from "../../prompt/ask.js";
import { callOf } from "../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy apply",
    summary: summaries.apply,
    details: [
      "Shows the plan, and asks before something is removed or opened. A new policy that grants something is asked about too: tokens, roles and groups may have its name already. What closes goes first, removals go last; the server is compared with the plan right before each write, and one that has changed meanwhile is a Conflict (exit code 9). Run it again after an interruption: it goes on where it ended.",
    ],
    arguments: [{ ...policiesArgument, optional: true }],
    options: [
      ...planOptions,
      {
        name: "plan",
        value: "FILE",
        description: "apply this plan, of kinko policy plan --output",
        completes: "file",
      },
    ],
    examples: [
      { command: "kinko policy apply policies", does: "after a question" },
      { command: "kinko policy apply policies --prune --yes", does: "in a pipeline" },
      { command: "kinko policy apply --plan policies.plan.json", does: "what was reviewed" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals, io } = context;
  const { policies, plan } = await planOf(context, input);
  const call = { ...callOf(context), include: input.list("include") };
  const trial = await policies.apply(plan, { ...call, dryRun: true });
  const { changes, needsConfirmation } = trial;
  // What is asked about is what is shown: a file does not know the other policies of the server.
  if (!globals.json) {
    const shown = { ...plan, changes };
    await output.data(describePlan(shown, output.style, { rules: true, decisions: true }));
  }
  if (!globals.dryRun && needsConfirmation.length > 0)
    await confirm(
      io,
      globals.yes,
      `Remove or open ${needsConfirmation.map(printable).join(", ")}?`,
    );
  const report = globals.dryRun
    ? trial
    : await policies.apply(plan, {
        ...call,
        confirm: needsConfirmation,
        onApplied: (name) => output.note(`Applied ${printable(name)}.`),
      });
  const { applied, already } = report;
  if (globals.json) await output.json({ ...report, dryRun: globals.dryRun });
  else if (globals.dryRun && applied.length > 0)
    output.note(`Would apply ${applied.map(printable).join(", ")}.`);
  else if (plan.changes.length > 0)
    output.note(`${applied.length} applied, ${already.length} were so already.`);
  return exitCodes.Ok;
}

/** The plan of a file, or the one of the policies that are named. */
async function planOf(
  context: CommandContext,
  input: ParsedInput,
): Promise<{ readonly policies: PoliciesCapability; readonly plan: PolicyPlan }> {
  const file = input.text("plan");
  if ((file === undefined) === (input.args.length === 0))
    throw usageError(
      "Policies or a plan are applied, one of the two.",
      "policies-or-plan",
      "Write kinko policy apply PATH, or kinko policy apply --plan FILE.",
    );
  if (file !== undefined && input.flag("prune"))
    throw usageError(
      "A plan of a file says itself what is removed.",
      "unexpected-option",
      "Leave out --prune, or make the plan with it: kinko policy plan PATH --prune --output FILE.",
    );
  if (file === undefined) return makePlan(context, input, input.args);
  const data = await readDocument(context.io, file);
  const { readPolicyPlan } = await loadPolicyCode();
  // Whatever the file says of itself, what needs a question is found out from its texts.
  const plan = readPolicyPlan(data, { include: input.list("include") });
  return { policies: await openPolicies(context), plan };
}
