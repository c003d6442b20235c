import { isObject } from "../../client/answer.js";
import { vaultError } from "../../errors/vault-error.js";
import { inOrder, makeChange } from "./make-change.js";
import { checkWritable } from "./names.js";
import type { PolicyChange, PolicyPlan } from "./types.js";

/**
 * Reads a plan from a file. Only its names and texts are believed: what they open, and in which order
 * they go, is found out anew.
 * @throws InvalidValueError
 */
export function readPolicyPlan(
  plan: unknown,
  { include = [] }: { readonly include?: readonly string[] | undefined } = {},
): PolicyPlan {
  if (!isObject(plan) || plan["format"] !== "kinko-policy-plan/1") throw invalidPlan();
  const { changes: given, clusterId } = plan;
  if (!Array.isArray(given) || !isOptionalText(clusterId)) throw invalidPlan();
  const names = new Set<string>();
  const changes = given.flatMap((one: unknown): PolicyChange | [] => {
    if (!isObject(one)) throw invalidPlan();
    const { name, before, after } = one;
    if (typeof name !== "string" || !isOptionalText(before) || !isOptionalText(after))
      throw invalidPlan();
    if (names.has(name) || (before === undefined && after === undefined)) throw invalidPlan();
    names.add(name);
    checkWritable(name, include);
    return makeChange(name, before, after) ?? [];
  });
  return {
    format: "kinko-policy-plan/1",
    ...(clusterId === undefined ? {} : { clusterId }),
    changes: inOrder(changes),
    unchanged: [],
    unmanaged: [],
  };
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function invalidPlan(): Error {
  return vaultError("InvalidValue", "This is not a plan for policies.", {
    reason: "invalid-plan",
    advice: "Make one with plan, or kinko policy plan --output FILE.",
  });
}
