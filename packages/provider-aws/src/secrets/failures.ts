import type { SecretError } from "@kinko/core";
import { awsError } from "../errors/aws-error.js";

/** Errors that several operations raise, in the same words. */

export function notFound(requestId?: string): SecretError {
  return awsError("NotFound", "AWS has no secret with this name in this account and region.", {
    reason: "not-found",
    requestId,
    advice: "Check the spelling, region and account; names that others gave may need naming: raw.",
  });
}

export function versionNotFound(requestId?: string): SecretError {
  return awsError("VersionNotFound", "The secret has no such version, perhaps any more.", {
    reason: "version-not-found",
    requestId,
    advice: "List its versions; AWS removes old ones that carry no label.",
  });
}

export function noValue(requestId?: string): SecretError {
  return awsError("VersionNotFound", "The secret exists in AWS, and was never given a value.", {
    reason: "no-value",
    requestId,
    advice: "Write one.",
  });
}

export function deleted(requestId?: string): SecretError {
  return awsError("Deleted", "The secret is scheduled for deletion by AWS.", {
    reason: "scheduled-for-deletion",
    requestId,
    advice: "Undelete it within its recovery window, or write a new version.",
  });
}

export function alreadyExists(requestId?: string): SecretError {
  return awsError("AlreadyExists", "A secret with this name exists already, perhaps deleted.", {
    reason: "already-exists",
    requestId,
    advice: "Choose another name, or write with the version that you expect.",
  });
}

export function conflict(): SecretError {
  return awsError(
    "Conflict",
    "The current version of the secret is not the one that was expected.",
    {
      reason: "version-mismatch",
      advice: "Read it again, and repeat the change on the newest version.",
    },
  );
}

export function noSingleVersions(): SecretError {
  return awsError("Unsupported", "AWS deletes and restores whole secrets, never one version.", {
    reason: "whole-secret-only",
    advice: "Leave out the version.",
  });
}
