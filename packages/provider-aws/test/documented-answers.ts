import { awsFailure, type StubAnswers } from "./stub-aws.js";

/*
 * Answers of AWS after the reference of its operations, where moto does otherwise, or nothing at all.
 */

export const current = "current-version-0000000000000000";
export const other = "another-version-0000000000000000";

export function description(answer: Readonly<Record<string, unknown>> = {}): StubAnswers {
  return {
    DescribeSecret: () => ({
      body: { Name: "app/db", VersionIdsToStages: { [current]: ["AWSCURRENT"] }, ...answer },
    }),
  };
}

export const markedForDeletion = awsFailure(
  "InvalidRequestException",
  "You can't perform this operation on the secret because it was marked for deletion.",
);
export const scheduledForDeletion = awsFailure(
  "InvalidRequestException",
  "You can't create this secret because a secret with this name is already scheduled for deletion.",
);
export const deletedDescription = description({ DeletedDate: 1_800_000_000 });
export const exists = awsFailure("ResourceExistsException");
export const denied = awsFailure("AccessDeniedException");
export const absent = awsFailure("ResourceNotFoundException");
