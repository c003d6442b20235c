import { isObject } from "../../client/answer.js";
import { vaultError } from "../../errors/vault-error.js";
import { tryParsePolicy } from "../read/parse-policy.js";
import { inOrder, makeChange, policiesAfter } from "./make-change.js";
import { checkWritable } from "./names.js";
import type { PolicyChange, PolicyPlan } from "./types.js";

/**
 * Reads a plan from a file. Only its names and texts are believed: what they open, and in which order
 * they go, is found out anew. A text that is to be written and cannot be read is refused, as nobody knows
 * what it would open.
 * @throws InvalidValueError (`invalid-plan`, `policy-syntax`, and for names that are not to be changed)
 */
export function readPolicyPlan(
  plan: unknown,
  {
    include = [],
    stored = new Map(),
  }: {
    readonly include?: readonly string[] | undefined;
    /** Texts of the server's policies by name, for what a change opens together with others. */
    readonly stored?: ReadonlyMap<string, string> | undefined;
  } = {},
): PolicyPlan {
  if (!isObject(plan) || plan["format"] !== "kinko-policy-plan/1") throw invalidPlan();
  const { changes: given, clusterId } = plan;
  if (!Array.isArray(given) || !isOptionalText(clusterId)) throw invalidPlan();
  const texts = new Map<string, { readonly before?: string; readonly after?: string }>();
  for (const one of given as readonly unknown[]) {
    if (!isObject(one)) throw invalidPlan();
    const { name, before, after } = one;
    if (typeof name !== "string" || !isOptionalText(before) || !isOptionalText(after))
      throw invalidPlan();
    if (texts.has(name) || (before === undefined && after === undefined)) throw invalidPlan();
    checkWritable(name, include);
    if (after !== undefined) checkReadable(name, after);
    texts.set(name, {
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  }
  const wanted = new Map(Array.from(texts, ([name, { after }]) => [name, after] as const));
  const all = policiesAfter(stored, wanted);
  const changes = Array.from(
    texts,
    ([name, { before, after }]): PolicyChange | [] => makeChange(name, before, after, all) ?? [],
  ).flat();
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

function checkReadable(name: string, after: string): void {
  const parsed = tryParsePolicy(after);
  if ("policy" in parsed) return;
  const { line, column } = parsed.error;
  throw vaultError(
    "InvalidValue",
    `A policy of the plan cannot be read, at line ${line}, column ${column} of its new text.`,
    {
      ref: name,
      reason: "policy-syntax",
      field: "after",
      advice: "Correct the policy, and make a new plan.",
    },
  );
}

function invalidPlan(): Error {
  return vaultError("InvalidValue", "This is not a plan for policies.", {
    reason: "invalid-plan",
    advice: "Make one with plan, or kinko policy plan --output FILE.",
  });
}
