import { notVault, type VaultAnswer } from "../client/answer.js";
import type { KvContext } from "./kv-context.js";

/**
 * Names directly in a folder, as Vault's LIST gives them; undefined when there is no such folder.
 * `path` is the encoded folder beneath the mount, empty or with a slash at its end.
 */
export async function listFolderAt(
  context: KvContext,
  path: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const answer = await context.client.request({
    method: "GET",
    path: `${context.mount}/${path}?list=true`,
    signal,
    accept: [404],
  });
  if (answer.status === 404) await refuseWrongMount(context, answer, signal);
  else if (answer.data === undefined) throw notVault();
  const keys = answer.data?.["keys"];
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : undefined;
}

/** A wrong mount and a wrong version also answer 404; told apart before NotFound is believed. */
export async function refuseWrongMount(
  context: KvContext,
  answer: VaultAnswer,
  signal: AbortSignal,
): Promise<void> {
  if (answer.errors.length > 0) throw context.client.errorOf(answer);
  await context.inspector.verify(signal);
}
