import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { badParameter } from "./protocol.js";
import type { StoredSecret, StoredVersion, VaultState } from "./state.js";

/** The forms in which secrets appear in answers. */
export class Bundles {
  readonly #origin: string;
  readonly #state: VaultState;

  constructor(origin: string, state: VaultState) {
    this.#origin = origin;
    this.#state = state;
  }

  /** Everything but the value. */
  properties(secret: { readonly name: string }, version: StoredVersion): Record<string, unknown> {
    return this.#describe(`${this.#origin}/secrets/${secret.name}/${version.id}`, version);
  }

  /** With the value, as `GET` and `PUT` answer. */
  withValue(secret: { readonly name: string }, version: StoredVersion): Record<string, unknown> {
    return { value: version.value, ...this.properties(secret, version) };
  }

  /** An item of `GET /secrets`: the newest version, with an id that names none. */
  item(secret: StoredSecret): Record<string, unknown> {
    return this.#describe(`${this.#origin}/secrets/${secret.name}`, newest(secret));
  }

  /** What `DELETE` and `/deletedsecrets` answer. */
  deleted(secret: StoredSecret): Record<string, unknown> {
    return { ...this.#recovery(secret), ...this.properties(secret, newest(secret)) };
  }

  deletedItem(secret: StoredSecret): Record<string, unknown> {
    return { ...this.#recovery(secret), ...this.item(secret) };
  }

  #recovery(secret: StoredSecret): Record<string, unknown> {
    return {
      recoveryId: `${this.#origin}/deletedsecrets/${secret.name}`,
      deletedDate: secret.deletedDate,
      scheduledPurgeDate: secret.scheduledPurgeDate,
    };
  }

  #describe(id: string, version: StoredVersion): Record<string, unknown> {
    const { contentType, tags, enabled, nbf, exp, created, updated } = version;
    return {
      ...(contentType === undefined ? {} : { contentType }),
      id,
      attributes: {
        enabled,
        ...(nbf === undefined ? {} : { nbf }),
        ...(exp === undefined ? {} : { exp }),
        created,
        updated,
        recoveryLevel: this.#state.recoveryLevel,
        recoverableDays: this.#state.retentionDays,
      },
      ...(tags === undefined ? {} : { tags }),
    };
  }
}

export function newest(secret: StoredSecret): StoredVersion {
  const version = secret.versions.at(-1);
  if (version === undefined) throw new Error("A secret has at least one version.");
  return version;
}

const nonceBytes = 12;
const tagBytes = 16;

/** A backup is sealed: only a vault with the same key can read it. */
export function sealBackup(secret: StoredSecret, key: Buffer): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const text = JSON.stringify({ name: secret.name, versions: secret.versions });
  const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([sealed, cipher.getAuthTag()]).toString("base64url");
}

/** @throws KeyVaultFault 400 for what no vault of this key has made */
export function openBackup(
  blob: unknown,
  key: Buffer,
): { readonly name: string; readonly versions: StoredVersion[] } {
  try {
    const bytes = Buffer.from(String(blob), "base64url");
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = Buffer.concat([
      decipher.update(bytes.subarray(nonceBytes, -tagBytes)),
      decipher.final(),
    ]).toString();
    return JSON.parse(text) as { name: string; versions: StoredVersion[] };
  } catch {
    throw badParameter("Backup blob is malformed or was made by another vault geography.");
  }
}
