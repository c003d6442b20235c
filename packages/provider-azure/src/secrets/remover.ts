import type { CallOptions, ProviderDeleteOptions, SecretRef } from "@kinko/core";
import { deleted, notFound, purgeProtected, wholeSecretsOnly } from "../errors/absence.js";
import { azureError } from "../errors/azure-error.js";
import { classifyError } from "../errors/classify.js";
import { isFailure } from "../errors/service-failure.js";
import type { NameCodec } from "../names.js";
import type { VaultClient } from "./vault-client.js";

/** What {@link removeSecret} needs. */
export interface Remover {
  readonly client: VaultClient;
  readonly names: NameCodec;
}

/** Deletes a whole secret: softly, or for good. */
export async function removeSecret(
  { client, names }: Remover,
  ref: SecretRef,
  options: ProviderDeleteOptions,
): Promise<void> {
  if (ref.version !== undefined && ref.version.kind !== "latest") throw wholeSecretsOnly();
  if (ref.version !== undefined && options.mode === "purge") throw wholeSecretsOnly();
  const name = names.encode(ref.path);
  await (options.mode === "soft" ? softDelete : purge)(client, name, options);
}

async function softDelete(client: VaultClient, name: string, options: CallOptions): Promise<void> {
  try {
    await client.delete(name, options);
  } catch (error) {
    if (isFailure(error, 404)) throw await client.absence(name, options);
    if (isFailure(error, 409, "ObjectIsBeingDeleted")) throw deleted();
    throw error;
  }
}

/** Key Vault purges only what is soft-deleted, so a purge of a readable secret is both. */
async function purge(client: VaultClient, name: string, options: CallOptions): Promise<void> {
  const { isActive, recoveryLevel } = await look(client, name, options);
  // Known before anything is changed: otherwise the secret would be left soft-deleted.
  if (recoveryLevel !== undefined && !recoveryLevel.includes("Purgeable")) throw purgeProtected();
  if (isActive) await client.delete(name, options);
  const sdk = await client.sdk();
  try {
    await client.settled(
      () => sdk.purgeDeletedSecret(name, { abortSignal: options.signal }),
      options,
    );
  } catch (error) {
    if (!isFailure(error, 403) || !isActive) throw error;
    throw azureError("PermissionDenied", "The secret was soft-deleted, but may not be purged.", {
      reason: "purge-denied",
      requestId: classifyError(error).requestId,
      advice: "Purge it with an identity that may, or undelete it.",
    });
  }
}

async function look(
  client: VaultClient,
  name: string,
  options: CallOptions,
): Promise<{ readonly isActive: boolean; readonly recoveryLevel: string | undefined }> {
  const [version] = await client.versions(name, options, 1);
  if (version !== undefined) return { isActive: true, recoveryLevel: version.recoveryLevel };
  const found = await client.deletedSecret(name, options);
  if (found === undefined) throw notFound();
  return { isActive: false, recoveryLevel: found.recoveryLevel };
}
