import type { EngineCalls, VaultCallOptions } from "../../engine/engine-calls.js";
import { keysOf, textOf } from "../../engine/fields.js";
import { addressOf } from "./names.js";

/** Requests under way at once. */
const concurrency = 8;

/** Names of all policies, sorted. */
export async function listNames(
  calls: EngineCalls,
  call: VaultCallOptions,
): Promise<readonly string[]> {
  const request = { method: "GET", path: "sys/policies/acl?list=true" } as const;
  return keysOf(await calls.ask({ operation: "listPolicies" }, call, request)).toSorted();
}

/** Texts of policies by name, without those that are not there. */
export async function readTexts(
  calls: EngineCalls,
  names: readonly string[],
  call: VaultCallOptions,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const left = [...names];
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const text = await readText(calls, name, call);
      if (text !== undefined) texts.set(name, text);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return texts;
}

/** The text of a policy; undefined if there is none. */
export async function readText(
  calls: EngineCalls,
  name: string,
  call: VaultCallOptions,
): Promise<string | undefined> {
  const request = { method: "GET", path: addressOf(name), accept: [404] } as const;
  const { status, data } = await calls.ask({ operation: "readPolicy", ref: name }, call, request);
  return status === 404 ? undefined : (textOf(data ?? {}, "policy") ?? "");
}

/** Which cluster this is; Vault tells it to everybody. */
export async function readClusterId(
  calls: EngineCalls,
  call: VaultCallOptions,
): Promise<string | undefined> {
  const request = {
    method: "GET",
    // A standby's health has another status, and is an answer all the same.
    path: "sys/health?standbyok=true&perfstandbyok=true",
    credentials: "none",
  } as const;
  const { body } = await calls.ask({ operation: "planPolicies" }, call, request);
  return textOf(body, "cluster_id");
}
