import { checkConfirmed } from "../../engine/confirm.js";
import type { EngineCalls, VaultCallOptions } from "../../engine/engine-calls.js";
import { vaultError } from "../../errors/vault-error.js";
import type { PolicyDocument } from "../model.js";
import { parsePolicy, tryParsePolicy } from "../read/parse-policy.js";
import { printPolicy } from "../write/print-policy.js";
import { applyPlan } from "./apply.js";
import { inOrder, makeChange, policiesAfter } from "./make-change.js";
import { addressOf, checkWritable, isReserved } from "./names.js";
import { listNames, readClusterId, readText, readTexts } from "./server.js";
import type { PoliciesCapability } from "./types.js";

/** ACL policies; see `capability.ts`, which loads it. */
export function createPolicies(calls: EngineCalls): PoliciesCapability {
  const read = async (operation: string, name: string, call: VaultCallOptions): Promise<string> => {
    const text = await readText(calls, name, call);
    if (text !== undefined) return text;
    throw vaultError("NotFound", "Vault has no policy of this name.", {
      operation,
      ref: name,
      reason: "policy-not-found",
      field: "name",
      advice: "List the policies, and check the name.",
    });
  };
  return {
    list: (call = {}) => listNames(calls, call),
    async read(name, call = {}) {
      const text = await read("readPolicy", name, call);
      const parsed = tryParsePolicy(text);
      return { name, text, ...("policy" in parsed ? { policy: parsed.policy } : {}) };
    },
    async write(name, policy, call = {}) {
      checkWritable(name, ["default"]);
      const body = { policy: textOf(policy) };
      const request = { method: "PUT", path: addressOf(name), body } as const;
      await calls.ask({ operation: "writePolicy", ref: name }, call, request);
    },
    async delete(name, { confirm, ...call }) {
      checkWritable(name, ["default"]);
      checkConfirmed(name, confirm);
      await read("deletePolicy", name, call);
      const request = { method: "DELETE", path: addressOf(name) } as const;
      await calls.ask({ operation: "deletePolicy", ref: name }, call, request);
    },
    async plan(wanted, { prune = false, include = [], ...call } = {}) {
      const texts = new Map<string, string>();
      for (const { name, policy } of wanted) {
        checkWritable(name, include);
        if (texts.has(name)) throw duplicateName();
        texts.set(name, textOf(policy));
      }
      // All of them: what others grant decides of what a change opens.
      const stored = await readTexts(calls, await listNames(calls, call), call);
      const others = Array.from(stored.keys()).filter(
        (name) => !texts.has(name) && !isReserved(name),
      );
      const names = [...texts.keys(), ...(prune ? others : [])];
      const all = policiesAfter(stored, new Map(names.map((name) => [name, texts.get(name)])));
      const changes = names.flatMap(
        (name) => makeChange(name, stored.get(name), texts.get(name), all) ?? [],
      );
      const changed = new Set(changes.map(({ name }) => name));
      const clusterId = await readClusterId(calls, call);
      return {
        format: "kinko-policy-plan/1",
        ...(clusterId === undefined ? {} : { clusterId }),
        changes: inOrder(changes),
        unchanged: [...texts.keys()].filter((name) => !changed.has(name)).toSorted(),
        unmanaged: prune ? [] : others.toSorted(),
      };
    },
    apply: (plan, options = {}) => applyPlan(calls, plan, options),
  };
}

/** @throws PolicySyntaxError, or InvalidValueError for a document that no policy can be made of */
function textOf(policy: string | PolicyDocument): string {
  const text = typeof policy === "string" ? policy : printPolicy(policy);
  parsePolicy(text);
  return text;
}

function duplicateName(): Error {
  return vaultError("InvalidValue", "Two of the policies have one name.", {
    reason: "duplicate-policy",
    field: "name",
    advice: "Leave one out, or rename it.",
  });
}
