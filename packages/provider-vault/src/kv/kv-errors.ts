import type { SecretError, SecretErrorDetails } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";

type Extra = Pick<SecretErrorDetails, "requestId">;

/** Nothing has this name. */
export function notFound(extra: Extra = {}): SecretError {
  return vaultError("NotFound", "Vault has no secret with this name.", {
    ...extra,
    reason: "not-found",
    advice: "Check the path and the mount, or list what is there.",
  });
}

export function versionNotFound(extra: Extra = {}): SecretError {
  return vaultError("VersionNotFound", "The secret has no such version.", {
    ...extra,
    reason: "version-not-found",
    advice: "List its versions; those beyond max_versions are gone.",
  });
}

export function deleted(extra: Extra = {}): SecretError {
  return vaultError(
    "Deleted",
    "This version of the secret is deleted, and can still be brought back.",
    {
      ...extra,
      reason: "deleted",
      advice: "Undelete it, or write a new version.",
    },
  );
}

export function destroyed(extra: Extra = {}): SecretError {
  return vaultError("Destroyed", "This version of the secret was destroyed for good.", {
    ...extra,
    reason: "destroyed",
    advice: "Read another version, or write a new one.",
  });
}

/** KV v1 keeps one value and nothing else. */
export function needsVersion2(what: string): SecretError {
  return vaultError("Unsupported", `KV version 1 has no ${what}.`, {
    reason: "kv-version-1",
    advice: "Use a mount with KV version 2.",
  });
}

export function noStages(): SecretError {
  return vaultError("Unsupported", "Vault's versions have numbers and no stages.", {
    reason: "no-stages",
    advice: "Name a version by its number, or by latest or latestEnabled.",
  });
}

export function metadataDenied(): SecretError {
  return vaultError(
    "PermissionDenied",
    "The token may not read the metadata of this secret, which tells its versions.",
    {
      reason: "policy",
      advice: "Ask for `read` on metadata/ of the mount, or name the version by its number.",
    },
  );
}

export function alreadyExists(extra: Extra = {}): SecretError {
  return vaultError("AlreadyExists", "A secret with this name exists already, perhaps deleted.", {
    ...extra,
    reason: "already-exists",
    advice: "Choose another name, or write with the version that you expect.",
  });
}
