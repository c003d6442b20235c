import type { EngineCalls, VaultCallOptions } from "../../engine/engine-calls.js";
import { vaultError } from "../../errors/vault-error.js";
import { isSameText } from "./make-change.js";
import { addressOf } from "./names.js";
import { readPolicyPlan } from "./read-plan.js";
import { listNames, readClusterId, readText, readTexts } from "./server.js";
import type { ApplyOptions, ApplyReport, PolicyChange } from "./types.js";

/** Applies a plan; see the capability's own words. */
export async function applyPlan(
  calls: EngineCalls,
  plan: unknown,
  { confirm = [], include = [], dryRun = false, onApplied, ...call }: ApplyOptions,
): Promise<ApplyReport> {
  // A bad plan is refused before any request.
  const { clusterId } = readPolicyPlan(plan, { include });
  await checkCluster(calls, clusterId, call);
  const stored = await readTexts(calls, await listNames(calls, call), call);
  const { changes } = readPolicyPlan(plan, { include, stored });
  const pending = changes.filter((change) => isPending(change, stored.get(change.name)));
  const already = changes.filter((change) => !pending.includes(change)).map(({ name }) => name);
  const needsConfirmation = pending
    .filter((change) => change.needsConfirmation)
    .map(({ name }) => name);
  if (!dryRun) {
    const unsure = needsConfirmation.filter((name) => !confirm.includes(name));
    if (unsure.length > 0) throw notConfirmed(unsure);
    for (const change of pending) {
      await applyChange(calls, change, call);
      await onApplied?.(change.name);
    }
  }
  const applied = pending.map(({ name }) => name);
  return { applied, already, changes: pending, needsConfirmation };
}

/** False for what is done already. @throws ConflictError for what is neither as before nor as after */
function isPending({ name, before, after }: PolicyChange, now: string | undefined): boolean {
  if (isSameText(now, after)) return false;
  if (isSameText(now, before)) return true;
  throw vaultError(
    "Conflict",
    "The policy on the server is not the one that the plan was made for.",
    {
      operation: "applyPolicies",
      ref: name,
      reason: "policy-drift",
      advice: "Somebody else changed it: make a new plan, and look at what it says.",
    },
  );
}

async function applyChange(
  calls: EngineCalls,
  change: PolicyChange,
  call: VaultCallOptions,
): Promise<void> {
  const { name, after } = change;
  if (!isPending(change, await readText(calls, name, call))) return;
  const path = addressOf(name);
  await calls.ask(
    { operation: "applyPolicies", ref: name },
    call,
    after === undefined
      ? { method: "DELETE", path }
      : { method: "PUT", path, body: { policy: after } },
  );
  if (isSameText(await readText(calls, name, call), after)) return;
  throw vaultError("Conflict", "The policy on the server is not what was just written.", {
    operation: "applyPolicies",
    ref: name,
    reason: "policy-drift",
    advice: "Somebody else writes it at the same time: make a new plan.",
  });
}

async function checkCluster(
  calls: EngineCalls,
  expected: string | undefined,
  call: VaultCallOptions,
): Promise<void> {
  if (expected === undefined || (await readClusterId(calls, call)) === expected) return;
  throw vaultError("Conflict", "The plan was made for another Vault cluster.", {
    operation: "applyPolicies",
    reason: "plan-of-other-cluster",
    advice: "Check the address, or make a plan for this cluster.",
  });
}

function notConfirmed(names: readonly string[]): Error {
  return vaultError(
    "InvalidValue",
    "The plan removes or opens something, or makes a policy that somebody may have already, and was not confirmed.",
    {
      operation: "applyPolicies",
      reason: "not-confirmed",
      field: "confirm",
      advice: `If you are sure, confirm by name: ${names.join(", ")}.`,
    },
  );
}
