import type { SecretError } from "@kinko/core";
import { gcpError } from "./gcp-error.js";

export function notFound(): SecretError {
  return gcpError("NotFound", "The project has no secret with this name, or it has no versions.", {
    reason: "not-found",
    advice: "Check the path, the project and the location, or list what is there.",
  });
}

export function versionNotFound(): SecretError {
  return gcpError("VersionNotFound", "The secret has no such version or alias.", {
    reason: "version-not-found",
    advice: "List its versions; their ids are 1, 2, 3 and so on.",
  });
}

export function disabled(scheduled: boolean): SecretError {
  return scheduled
    ? gcpError("Disabled", "This version is disabled until its scheduled destruction.", {
        reason: "scheduled-destruction",
        advice: "Enable it before that time, or read latestEnabled.",
      })
    : gcpError("Disabled", "This version of the secret is disabled.", {
        reason: "disabled",
        advice: "Enable it in Secret Manager, or read latestEnabled.",
      });
}

export function destroyed(): SecretError {
  return gcpError("Destroyed", "This version of the secret was destroyed for good.", {
    reason: "destroyed",
    advice: "Read another version, or write a new one.",
  });
}

export function unsupportedDeletion(): SecretError {
  return gcpError("Unsupported", "Secret Manager deletes for good, and at once.", {
    reason: "no-soft-delete",
    advice: "Pass mode purge, or disable the version through store.as('secretManager').",
  });
}

/** An answer that is not what the protos say. */
export function malformedAnswer(): SecretError {
  return gcpError("Corrupt", "Secret Manager's answer lacks what it must have.", {
    reason: "answer-malformed",
    retryable: true,
    advice: "Try again; if it stays so, look at the proxy or gateway in between.",
  });
}
