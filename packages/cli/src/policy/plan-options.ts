import type { PoliciesCapability, PolicyPlan } from "@kinko/provider-vault";
import type { CommandContext, OptionSpec } from "../command.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { callOf } from "../vault/options.js";
import { loadPolicies } from "./load-policies.js";

/** How files and server are compared. */
export const planOptions: readonly OptionSpec[] = [
  { name: "prune", description: "remove policies of the server that no file has" },
  {
    name: "include",
    value: "NAME",
    repeatable: true,
    description: "also change this one; default is changed only when it is named",
  },
];

/** Policies of the configured Vault. */
export async function openPolicies(context: CommandContext): Promise<PoliciesCapability> {
  return (await context.openStore()).as("policies");
}

/** What would make the server's policies those of the files. Files are checked before Vault is asked. */
export async function makePlan(
  context: CommandContext,
  input: ParsedInput,
  paths: readonly string[],
): Promise<{ readonly policies: PoliciesCapability; readonly plan: PolicyPlan }> {
  const wanted = (await loadPolicies(context, paths)).map(({ name, text }) => ({
    name,
    policy: text,
  }));
  const policies = await openPolicies(context);
  const plan = await policies.plan(wanted, {
    ...callOf(context),
    prune: input.flag("prune"),
    include: input.list("include"),
  });
  return { policies, plan };
}
