import { isObject, type JsonObject } from "../client/answer.js";
import type { TransitKey, TransitKeyVersion } from "./types.js";

/** What Vault says of a key, in our words. */
export function parseTransitKey(name: string, data: JsonObject): TransitKey {
  return {
    name,
    type: typeof data["type"] === "string" ? data["type"] : "unknown",
    latestVersion: numberOf(data["latest_version"]),
    minDecryptionVersion: numberOf(data["min_decryption_version"]),
    minEncryptionVersion: numberOf(data["min_encryption_version"]),
    minAvailableVersion: numberOf(data["min_available_version"]),
    deletionAllowed: data["deletion_allowed"] === true,
    exportable: data["exportable"] === true,
    allowPlaintextBackup: data["allow_plaintext_backup"] === true,
    derived: data["derived"] === true,
    convergent: data["convergent_encryption"] === true,
    imported: data["imported_key"] === true,
    autoRotatePeriodSeconds: numberOf(data["auto_rotate_period"]),
    supports: {
      encryption: data["supports_encryption"] === true,
      decryption: data["supports_decryption"] === true,
      signing: data["supports_signing"] === true,
      derivation: data["supports_derivation"] === true,
    },
    versions: versionsOf(data["keys"]),
  };
}

/** Symmetric keys have the time of each version in seconds, the others an object. */
function versionsOf(keys: unknown): readonly TransitKeyVersion[] {
  if (!isObject(keys)) return [];
  return Object.entries(keys)
    .map(([version, value]): TransitKeyVersion => {
      const time = isObject(value) ? value["creation_time"] : value;
      const publicKey = isObject(value) ? value["public_key"] : undefined;
      return {
        version: Number(version),
        createdAt: dateOf(time),
        publicKey: typeof publicKey === "string" && publicKey !== "" ? publicKey : undefined,
      };
    })
    .toSorted((left, right) => left.version - right.version);
}

function dateOf(time: unknown): Date | undefined {
  const date =
    typeof time === "number"
      ? new Date(time * 1_000)
      : new Date(typeof time === "string" ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
