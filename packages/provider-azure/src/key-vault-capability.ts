import {
  createSecretError,
  InvalidValueError,
  isSecretError,
  type CallOptions,
  type SecretPath,
  type SecretRef,
} from "@kinko/core";
import type { SecretProperties as NativeProperties } from "@azure/keyvault-secrets";
import { noStages, versionNotFound } from "./errors/absence.js";
import { azureError } from "./errors/azure-error.js";
import { classifyError } from "./errors/classify.js";
import { isFailure } from "./errors/service-failure.js";
import type { NameCodec } from "./names.js";
import type { VaultClient } from "./secrets/vault-client.js";
import { isVersionId, type Versions } from "./secrets/versions.js";

/** What Key Vault keeps beside a value. */
export interface SecretProperties {
  readonly version: string;
  readonly enabled: boolean;
  /** Both are there to inform: Key Vault reads a version before and after as well. */
  readonly notBefore?: Date;
  readonly expiresAt?: Date;
  readonly contentType?: string;
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  /** Such as `Recoverable+Purgeable`; without `Purgeable`, nothing can be purged. */
  readonly recoveryLevel?: string;
  /** True for what belongs to a certificate, which Key Vault itself writes. */
  readonly managed: boolean;
}

/** What can be changed of a version; what is left out stays. */
export interface SecretPropertyChanges {
  readonly enabled?: boolean | undefined;
  readonly notBefore?: Date | undefined;
  readonly expiresAt?: Date | undefined;
}

/** What Key Vault alone can do, under `store.as("keyVault")`. All failures are SecretErrors. */
export interface KeyVaultCapability {
  /** Properties of the version in the ref, or the newest, also of a disabled one. */
  properties(ref: SecretRef, options: CallOptions): Promise<SecretProperties>;
  /** Enables, disables, or sets the dates of one version. */
  setProperties(
    ref: SecretRef,
    changes: SecretPropertyChanges,
    options: CallOptions,
  ): Promise<SecretProperties>;
  /** All versions as a sealed block, for vaults of the same subscription and geography. */
  backup(path: SecretPath, options: CallOptions): Promise<Buffer>;
  /** Brings a backup back under its own name. @throws AlreadyExistsError when that is taken */
  restore(backup: Uint8Array, options: CallOptions): Promise<void>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    keyVault: KeyVaultCapability;
  }
}

/** Last second that the SDK sends unharmed; it cuts times to 32 bits. */
const lastTimeMs = (2 ** 31 - 1) * 1_000;

/** Makes the capability. */
export function keyVaultCapability(
  client: VaultClient,
  versions: Versions,
  names: NameCodec,
): KeyVaultCapability {
  const find = async (ref: SecretRef, options: CallOptions): Promise<NativeProperties> => {
    const selector = ref.version ?? { kind: "latest" };
    if (selector.kind === "stage") throw noStages();
    const all = await versions.newestFirst(names.encode(ref.path), options);
    const found = all.find(({ version, enabled }) =>
      selector.kind === "id"
        ? isVersionId(selector.id) && version === selector.id.toLowerCase()
        : selector.kind === "latest" || enabled !== false,
    );
    if (found === undefined) throw versionNotFound();
    return found;
  };

  return {
    properties: (ref, options) => clean(async () => toProperties(await find(ref, options))),
    setProperties: (ref, changes, options) =>
      clean(async () => {
        const { enabled, notBefore, expiresAt } = changes;
        for (const date of [notBefore, expiresAt]) checkDate(date);
        const { version = "" } = await find(ref, options);
        const sdk = await client.sdk();
        return toProperties(
          await sdk.updateSecretProperties(names.encode(ref.path), version, {
            abortSignal: options.signal,
            ...(enabled === undefined ? {} : { enabled }),
            ...(notBefore === undefined ? {} : { notBefore }),
            ...(expiresAt === undefined ? {} : { expiresOn: expiresAt }),
          }),
        );
      }),
    backup: (path, options) =>
      clean(async () => {
        const name = names.encode(path);
        const sdk = await client.sdk();
        try {
          const backup = await sdk.backupSecret(name, { abortSignal: options.signal });
          return Buffer.from(backup ?? new Uint8Array());
        } catch (error) {
          throw isFailure(error, 404) ? await client.absence(name, options) : error;
        }
      }),
    restore: (backup, options) =>
      clean(async () => {
        const sdk = await client.sdk();
        try {
          await sdk.restoreSecretBackup(backup, { abortSignal: options.signal });
        } catch (error) {
          if (!isFailure(error, 409) || classifyError(error).reason !== "conflict") throw error;
          throw azureError("AlreadyExists", "The name of the backed-up secret is taken.", {
            reason: "already-exists",
            requestId: classifyError(error).requestId,
            advice: "Purge the secret that is there first, or restore into another vault.",
          });
        }
      }),
  };
}

/** `store.as` hands out the object itself, so its errors are not wrapped by the store. */
async function clean<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isSecretError(error)) throw error;
    const { code, what, ...details } = classifyError(error);
    throw createSecretError(code, what ?? "The call of Key Vault failed.", details);
  }
}

function checkDate(date: Date | undefined): void {
  if (date === undefined) return;
  const timeMs = date.getTime();
  if (timeMs >= 0 && timeMs <= lastTimeMs) return;
  throw new InvalidValueError("The date is not between 1970 and 19 January 2038.", {
    reason: "invalid-date",
    advice: "Pass another date, or none for a version that never expires.",
  });
}

function toProperties(native: NativeProperties): SecretProperties {
  const { version, enabled, notBefore, expiresOn, contentType } = native;
  const { createdOn, updatedOn, recoveryLevel, managed } = native;
  return {
    version: version ?? "",
    enabled: enabled !== false,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(expiresOn === undefined ? {} : { expiresAt: expiresOn }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(createdOn === undefined ? {} : { createdAt: createdOn }),
    ...(updatedOn === undefined ? {} : { updatedAt: updatedOn }),
    ...(recoveryLevel === undefined ? {} : { recoveryLevel }),
    managed: managed === true,
  };
}
