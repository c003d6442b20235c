import { createCanary, expectClean } from "@kinko/testing";
import { expect, test } from "vitest";
import { awsFailure, stubAws } from "./stub-aws.js";

const lambdaArn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate";

test("rotation is switched on with its schedule, described, and switched off", async () => {
  const { store, requests } = stubAws({
    RotateSecret: () => ({ body: { VersionId: "v1" } }),
    CancelRotateSecret: () => ({ body: {} }),
    DescribeSecret: () => ({
      body: {
        RotationEnabled: true,
        RotationLambdaARN: lambdaArn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        LastRotatedDate: 1_700_000_000,
        NextRotationDate: 1_800_000_000,
      },
    }),
  });
  const rotation = store.as("awsRotation");
  const rotated = await rotation.rotate("prod/my-secret", {
    lambdaArn,
    everyDays: 30,
    window: "3h",
    immediately: false,
  });
  expect(rotated).toEqual({ version: "v1" });
  expect(requests[0]?.input).toMatchObject({
    SecretId: "prod/my=2Dsecret",
    RotationLambdaARN: lambdaArn,
    RotationRules: { AutomaticallyAfterDays: 30, Duration: "3h" },
    RotateImmediately: false,
  });
  expect(await rotation.describe("prod/my-secret")).toEqual({
    enabled: true,
    lambdaArn,
    everyDays: 30,
    schedule: undefined,
    lastRotatedAt: new Date(1_700_000_000_000),
    nextRotationAt: new Date(1_800_000_000_000),
  });
  await rotation.cancel("prod/my-secret");
  expect(requests.at(-1)).toEqual({
    operation: "CancelRotateSecret",
    input: { SecretId: "prod/my=2Dsecret" },
  });
});

test("a rotation as it was set before needs the name alone", async () => {
  const { store, requests } = stubAws({ RotateSecret: () => ({ body: {} }) });
  await store.as("awsRotation").rotate("db");
  expect(Object.keys(requests[0]?.input ?? {}).sort()).toEqual(["ClientRequestToken", "SecretId"]);
});

test("failures are clean SecretErrors here too", async () => {
  const canary = createCanary();
  const { store } = stubAws({
    RotateSecret: () => awsFailure("AccessDeniedException", canary.value),
    CancelRotateSecret: () => awsFailure("InvalidRequestException", canary.value),
  });
  const rotation = store.as("awsRotation");
  const failures = await Promise.all(
    [
      rotation.rotate("db"),
      rotation.cancel("db"),
      rotation.describe("db"),
      rotation.rotate(""),
    ].map((call) => call.then(() => undefined).catch((error: unknown) => error)),
  );
  expect(failures).toMatchObject([
    { code: "PermissionDenied", provider: "aws", ref: "db" },
    { code: "Unsupported", reason: "invalid-state" },
    { code: "NotFound" },
    { code: "InvalidRef" },
  ]);
  for (const failure of failures) expectClean(failure, canary);
});
