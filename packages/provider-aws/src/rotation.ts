import type { RefInput } from "@kinko/core";
import { createCapabilityRunner, type AwsCallOptions } from "./capability-call.js";
import type { AwsClient } from "./client/aws-client.js";
import type { NameCodec } from "./names.js";

/** How AWS is to rotate a secret. What is left out stays as it was set before. */
export interface AwsRotateOptions extends AwsCallOptions {
  /** ARN of the Lambda function that does it; needed the first time. */
  readonly lambdaArn?: string | undefined;
  /** Days between rotations, 1 to 1000. */
  readonly everyDays?: number | undefined;
  /** Such as `cron(0 16 1,15 * ? *)` or `rate(10 days)`, instead of `everyDays`. */
  readonly schedule?: string | undefined;
  /** Length of the window in which a rotation begins, such as `3h`. */
  readonly window?: string | undefined;
  /** False: not now, but at the next time of the schedule. Default true. */
  readonly immediately?: boolean | undefined;
}

/** How a secret is rotated. */
export interface AwsRotation {
  readonly enabled: boolean;
  readonly lambdaArn: string | undefined;
  readonly everyDays: number | undefined;
  readonly schedule: string | undefined;
  readonly lastRotatedAt: Date | undefined;
  readonly nextRotationAt: Date | undefined;
}

/**
 * AWS's own rotation of secrets.
 *
 * @example
 * const rotation = store.as("awsRotation");
 * await rotation.rotate("prod/app/db", { lambdaArn, everyDays: 30 });
 * (await rotation.describe("prod/app/db")).nextRotationAt;
 */
export interface AwsRotationCapability {
  /**
   * Switches rotation on and begins one, and returns the id of the version that it makes. AWS rotates
   * in the background: until it is done, reads give the old value.
   */
  rotate(
    ref: RefInput,
    options?: AwsRotateOptions,
  ): Promise<{ readonly version: string | undefined }>;
  /** Switches rotation off and ends one that is under way. */
  cancel(ref: RefInput, options?: AwsCallOptions): Promise<void>;
  describe(ref: RefInput, options?: AwsCallOptions): Promise<AwsRotation>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    awsRotation: AwsRotationCapability;
  }
}

/** Rotation of the secrets that `names` names. */
export function createRotation(client: AwsClient, names: NameCodec): AwsRotationCapability {
  const run = createCapabilityRunner(names);
  return {
    rotate: (ref, options = {}) =>
      run(ref, options, async (name, signal) => {
        const answer = await client.call(signal, (sdk, request) =>
          sdk.rotateSecret({ SecretId: name, ...rotationInput(options) }, request),
        );
        return { version: answer.VersionId };
      }),
    cancel: (ref, options = {}) =>
      run(ref, options, async (name, signal) => {
        await client.call(signal, (sdk, request) =>
          sdk.cancelRotateSecret({ SecretId: name }, request),
        );
      }),
    describe: (ref, options = {}) =>
      run(ref, options, async (name, signal) => {
        const answer = await client.call(signal, (sdk, request) =>
          sdk.describeSecret({ SecretId: name }, request),
        );
        return {
          enabled: answer.RotationEnabled ?? false,
          lambdaArn: answer.RotationLambdaARN,
          everyDays: answer.RotationRules?.AutomaticallyAfterDays,
          schedule: answer.RotationRules?.ScheduleExpression,
          lastRotatedAt: answer.LastRotatedDate,
          nextRotationAt: answer.NextRotationDate,
        };
      }),
  };
}

function rotationInput({ lambdaArn, everyDays, schedule, window, immediately }: AwsRotateOptions): {
  RotationLambdaARN?: string;
  RotationRules?: Record<string, string | number>;
  RotateImmediately?: boolean;
} {
  const rules: Record<string, string | number> = {};
  if (everyDays !== undefined) rules["AutomaticallyAfterDays"] = everyDays;
  if (schedule !== undefined) rules["ScheduleExpression"] = schedule;
  if (window !== undefined) rules["Duration"] = window;
  return {
    ...(lambdaArn === undefined ? {} : { RotationLambdaARN: lambdaArn }),
    ...(Object.keys(rules).length === 0 ? {} : { RotationRules: rules }),
    ...(immediately === undefined ? {} : { RotateImmediately: immediately }),
  };
}
