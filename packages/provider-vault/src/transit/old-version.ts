import type { CryptoOutcome } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import type { TransitPlace } from "./errors.js";
import type { TransitContext } from "./transit-context.js";

/**
 * Vault says of a version below `min_decryption_version` and of one that was trimmed that it is too
 * old. Only the first can be helped, so the key is asked, once for all items that need it.
 */
export async function tellTrimmed<Value>(
  context: TransitContext,
  place: TransitPlace,
  key: string,
  outcomes: readonly CryptoOutcome<Value>[],
  items: readonly { readonly version: number }[],
  signal: AbortSignal,
): Promise<readonly CryptoOutcome<Value>[]> {
  if (!outcomes.some(isTooOld)) return outcomes;
  const oldest = await oldestAvailable(context, place, key, signal);
  return outcomes.map((outcome, index) => {
    const version = items[index]?.version;
    if (!isTooOld(outcome) || version === undefined || version >= oldest) return outcome;
    return {
      error: vaultError("Destroyed", "The version of the key that made it was trimmed away.", {
        ...place,
        reason: "key-version-trimmed",
        field: "ciphertext",
        advice: "It cannot be opened any more; restore a backup of the key, if there is one.",
      }),
    };
  });
}

function isTooOld<Value>(outcome: CryptoOutcome<Value>): boolean {
  return "error" in outcome && outcome.error.reason === "key-version-too-old";
}

/** 0 when the token may not know. */
async function oldestAvailable(
  context: TransitContext,
  place: TransitPlace,
  key: string,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { data } = await context.send(place, { method: "GET", path: `keys/${key}`, signal });
    const oldest = data?.["min_available_version"];
    return typeof oldest === "number" ? oldest : 0;
  } catch {
    return 0;
  }
}
