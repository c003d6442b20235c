import type { ProviderDeleteOptions, SecretRef } from "@kinko/core";
import { destroyed, notFound, unsupportedDeletion } from "../errors/absence.js";
import { isFailure } from "../errors/service-failure.js";
import { resourceName, type SecretsContext } from "./context.js";
import { absence, numberedName } from "./version-lookup.js";

/** Deletes a secret with all its versions, or destroys one version. Both are for good. */
export async function removeSecret(
  context: SecretsContext,
  ref: SecretRef,
  { mode, signal }: ProviderDeleteOptions,
): Promise<void> {
  if (mode === "soft") throw unsupportedDeletion();
  const secretName = resourceName(context, ref.path);
  if (ref.version === undefined) {
    try {
      await context.service.call("deleteSecret", { name: secretName }, signal);
    } catch (error) {
      throw isFailure(error, "NOT_FOUND") ? notFound() : error;
    }
    return;
  }
  const name = await numberedName(context, ref, signal);
  try {
    await context.service.call("destroySecretVersion", { name }, signal);
  } catch (error) {
    if (isFailure(error, "NOT_FOUND")) throw await absence(context, secretName, signal);
    if (isFailure(error, "FAILED_PRECONDITION")) throw destroyed();
    throw error;
  }
}
