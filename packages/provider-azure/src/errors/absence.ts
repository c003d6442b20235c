import type { SecretError } from "@kinko/core";
import { azureError } from "./azure-error.js";

/** Nothing has this name. `certain` is false when it could not be seen whether it is deleted. */
export function notFound(certain = true): SecretError {
  return certain
    ? azureError("NotFound", "Key Vault has no secret with this name.", {
        reason: "not-found",
        advice: "Check the path and the vault, or list what is there.",
      })
    : azureError("NotFound", "Key Vault has no secret with this name, or it is soft-deleted.", {
        reason: "not-found-or-deleted",
        advice: "Check the path and the vault; the identity may not look at deleted secrets.",
      });
}

export function versionNotFound(): SecretError {
  return azureError("VersionNotFound", "The secret has no such version.", {
    reason: "version-not-found",
    advice: "List its versions; their ids have 32 hexadecimal digits.",
  });
}

export function deleted(): SecretError {
  return azureError("Deleted", "The secret is soft-deleted, and can still be brought back.", {
    reason: "deleted",
    advice: "Undelete it, or write a new version.",
  });
}

export function allDisabled(): SecretError {
  return azureError("Disabled", "Every version of the secret is disabled.", {
    reason: "disabled",
    advice: "Enable one in Key Vault, or write a new version.",
  });
}

export function noStages(): SecretError {
  return azureError("Unsupported", "Versions in Key Vault have ids and no stages.", {
    reason: "no-stages",
    advice: "Name a version by its id, or by latest or latestEnabled.",
  });
}

export function wholeSecretsOnly(): SecretError {
  return azureError("Unsupported", "Key Vault deletes and recovers whole secrets only.", {
    reason: "no-version-deletion",
    advice: "Leave out the version; a single one can be disabled through store.as('keyVault').",
  });
}

export function purgeProtected(): SecretError {
  return azureError("Unsupported", "Purge protection of this vault keeps deleted secrets.", {
    reason: "purge-protection",
    advice: "Delete it softly; Azure removes it at the end of the vault's retention period.",
  });
}
