import type { ProviderFinding } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { realMoto } from "@kinko/servers/vitest";
import { describe, expect, test } from "vitest";
import { diagnose } from "../src/diagnose.js";
import { provider } from "../src/index.js";
import type { AwsOptions } from "../src/options.js";
import { motoClient } from "./moto-harness.js";
import { awsFailure, stubAws, type StubAnswers } from "./stub-aws.js";
import { testContext, testCredentials } from "./support.js";

const { address } = realMoto();
const canary = createCanary();
const options: AwsOptions = {
  region: "eu-central-1",
  credentials: { ...testCredentials, secretAccessKey: canary.value },
};

/** Findings of a service that answers as told. */
async function diagnoseStub(answers: StubAnswers): Promise<readonly ProviderFinding[]> {
  const found = await diagnose(options, testContext(), stubAws(answers).handler);
  expectClean(found, canary);
  return found;
}

const subjects = (found: readonly ProviderFinding[]): string[] =>
  found.map(({ subject, ok }) => `${subject}: ${ok ? "ok" : "not ok"}`);

const allFine = [
  "region: ok",
  "endpoint: ok",
  "credentials: ok",
  "permission to read: ok",
  "permission to list: ok",
  "permission to write: ok",
  "permission to delete: ok",
];

describe("diagnose", () => {
  test("finds region, endpoint, credentials and every permission on moto, and changes nothing", async () => {
    const client = motoClient(address);
    const found = await provider.diagnose?.({ ...options, endpoint: address }, testContext());
    expect(subjects(found ?? [])).toEqual(allFine);
    expect(found?.[1]?.message).toContain(address);
    const left = await client.listSecrets({
      IncludePlannedDeletion: true,
      Filters: [{ Key: "name", Values: ["kinko-doctor"] }],
    });
    expect(left.SecretList).toEqual([]);
  });

  test("warns of each operation that no policy allows, and names the action", async () => {
    const denied = (): ReturnType<typeof awsFailure> => awsFailure("AccessDeniedException");
    const found = await diagnoseStub({
      ListSecrets: denied,
      PutSecretValue: denied,
      DeleteSecret: denied,
    });
    expect(found.filter(({ ok }) => !ok)).toMatchObject([
      { reason: "may-not-list", warning: true },
      { reason: "may-not-write", warning: true },
      { reason: "may-not-delete", warning: true },
    ]);
    expect(found.at(-1)?.advice).toContain("secretsmanager:DeleteSecret");
  });

  test.each([
    [
      "credentials",
      "invalid-credentials",
      awsFailure("UnrecognizedClientException", canary.value, 400),
    ],
    ["credentials", "expired-credentials", awsFailure("ExpiredTokenException", canary.value)],
    [
      "clock",
      "clock-skew",
      awsFailure("InvalidSignatureException", "Signature expired: 20261122T000000Z is now earlier"),
    ],
    [
      "region",
      "wrong-region",
      awsFailure("InvalidSignatureException", "Credential should be scoped to a valid region."),
    ],
  ])("tells that the %s are at fault: %s", async (subject, reason, answer) => {
    const found = await diagnoseStub({ GetSecretValue: () => answer });
    const wrong = found.filter(({ ok }) => !ok);
    expect(wrong).toMatchObject([{ subject, reason }]);
    expect(wrong[0]?.advice).toMatch(/\S/u);
  });

  test("tells an endpoint that nobody listens at, a missing region and a bad option", async () => {
    const nobody = await diagnose({ ...options, endpoint: "http://127.0.0.1:1" }, testContext());
    expect(nobody.filter(({ ok }) => !ok)).toMatchObject([{ subject: "endpoint" }]);
    const proxy = `http://u:${canary.value}@127.0.0.1:1/?q`;
    const bad = await diagnose({ ...options, proxy }, testContext());
    expect(bad).toMatchObject([{ subject: "options", ok: false, reason: "bad-proxy" }]);
    expectClean([nobody, bad], canary);
  });
});
