import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { awsFailure, stubAws, valueAnswer, type StubAnswers } from "./stub-aws.js";

/*
 * What AWS documents and moto does otherwise, or not at all. Each answer is written after the
 * reference of the operation.
 */

const current = "current-version-0000000000000000";
const other = "another-version-0000000000000000";

function description(answer: Readonly<Record<string, unknown>> = {}): StubAnswers {
  return {
    DescribeSecret: () => ({
      body: { Name: "app/db", VersionIdsToStages: { [current]: ["AWSCURRENT"] }, ...answer },
    }),
  };
}

const markedForDeletion = awsFailure(
  "InvalidRequestException",
  "You can't perform this operation on the secret because it was marked for deletion.",
);
const scheduledForDeletion = awsFailure(
  "InvalidRequestException",
  "You can't create this secret because a secret with this name is already scheduled for deletion.",
);
const deletedDescription = description({ DeletedDate: 1_800_000_000 });
const exists = awsFailure("ResourceExistsException");
const denied = awsFailure("AccessDeniedException");
const absent = awsFailure("ResourceNotFoundException");

describe("reading", () => {
  test("names the label AWSCURRENT, the id or the label that was asked for", async () => {
    const { store, requests } = stubAws({
      GetSecretValue: () => valueAnswer({ SecretString: "x" }),
    });
    const versions = [undefined, "latest", "latestEnabled", "stage:AWSPENDING", other];
    for (const version of versions) await store.get({ path: "app/db", version });
    const inputs = requests.filter(({ operation }) => operation === "GetSecretValue");
    expect(inputs.map(({ input }) => input)).toEqual([
      { SecretId: "app/db", VersionStage: "AWSCURRENT" },
      { SecretId: "app/db", VersionStage: "AWSCURRENT" },
      { SecretId: "app/db", VersionStage: "AWSCURRENT" },
      { SecretId: "app/db", VersionStage: "AWSPENDING" },
      { SecretId: "app/db", VersionId: other },
    ]);
  });

  test("takes one request without tags, and the values of other tools as what they are", async () => {
    const answers = { GetSecretValue: () => valueAnswer({ SecretString: '{"user":"app"}' }) };
    const { store, operations } = stubAws(answers, { readTags: false });
    const secret = await store.get("app/db#user");
    expect(secret.text()).toBe("app");
    expect(secret.metadata).toMatchObject({ tags: {}, createdAt: new Date(1_700_000_000_500) });
    expect(operations()).toEqual(["GetSecretValue"]);
  });

  test("goes without tags when the credentials may not ask for them", async () => {
    const { store } = stubAws({
      GetSecretValue: () => valueAnswer({ SecretString: "x" }),
      DescribeSecret: () => denied,
    });
    expect((await store.get("app/db")).text()).toBe("x");
  });

  test("leaves out the tags of AWS's own services", async () => {
    const { store } = stubAws({
      GetSecretValue: () => valueAnswer({ SecretString: "x" }),
      ...description({
        Tags: [
          { Key: "owner", Value: "a" },
          { Key: "aws:cloudformation:stack-name", Value: "s" },
        ],
      }),
    });
    expect((await store.get("app/db")).metadata?.tags).toEqual({ owner: "a" });
  });

  test("fails when the tags cannot be had for another reason", async () => {
    const { store } = stubAws({
      GetSecretValue: () => valueAnswer({ SecretString: "x" }),
      DescribeSecret: () => awsFailure("ThrottlingException"),
    });
    await expect(store.get("app/db")).rejects.toMatchObject({ code: "RateLimited" });
  });

  test("tells a deleted secret by its description, and by AWS's words where that is denied", async () => {
    const gone = { GetSecretValue: () => markedForDeletion };
    const code = "Deleted";
    const described = stubAws({ ...gone, ...deletedDescription }, { readTags: false });
    await expect(described.store.get("app/db")).rejects.toMatchObject({ code });
    const hidden = stubAws({ ...gone, DescribeSecret: () => denied });
    await expect(hidden.store.get("app/db")).rejects.toMatchObject({ code });
  });

  test("does not take every refused state for a deletion", async () => {
    const managed = awsFailure(
      "InvalidRequestException",
      "The secret is managed by another service.",
    );
    const { store } = stubAws({ GetSecretValue: () => managed, ...description() });
    await expect(store.get("app/db")).rejects.toMatchObject({ reason: "invalid-state" });
  });

  test("tells a missing version, a missing value and a missing secret apart", async () => {
    const missing = { GetSecretValue: () => absent };
    const known = stubAws({ ...missing, ...description() });
    await expect(known.store.get({ path: "a", version: other })).rejects.toMatchObject({
      code: "VersionNotFound",
      reason: "version-not-found",
    });
    await expect(known.store.get("a")).rejects.toMatchObject({ reason: "no-value" });
    for (const answer of [absent, denied]) {
      const unknown = stubAws({ ...missing, DescribeSecret: () => answer });
      await expect(unknown.store.get("a")).rejects.toMatchObject({ code: "NotFound" });
    }
  });

  test("asks for no version whose id AWS cannot have given", async () => {
    const { store, operations } = stubAws(description());
    await expect(store.get({ path: "a", version: "3" })).rejects.toMatchObject({
      code: "VersionNotFound",
    });
    expect(operations()).toEqual(["DescribeSecret"]);
  });
});

describe("writing", () => {
  const stored = { PutSecretValue: () => ({ body: {} }) };
  const created = { CreateSecret: () => ({ body: {} }) };

  test("is one request with an id of its own and the label AWSCURRENT", async () => {
    const { store, requests, operations } = stubAws(stored);
    const { version } = await store.put("app/db", { a: 1 });
    expect(operations()).toEqual(["PutSecretValue"]);
    expect(requests[0]?.input).toEqual({
      SecretId: "app/db",
      SecretString: '{"a":1}',
      ClientRequestToken: version,
      VersionStages: ["AWSCURRENT"],
    });
    expect(version).toMatch(/^kinko-json-/u);
  });

  test("creates what is not there, with its tags and KMS key, under the same id", async () => {
    const { store, requests, operations } = stubAws(created, { kmsKeyId: "alias/app" });
    const { version } = await store.put("app/db", Buffer.from([1, 2]), { tags: { owner: "a" } });
    expect(operations()).toEqual(["PutSecretValue", "CreateSecret"]);
    expect(requests[1]?.input).toEqual({
      Name: "app/db",
      SecretBinary: "AQI=",
      ClientRequestToken: version,
      KmsKeyId: "alias/app",
      Tags: [{ Key: "owner", Value: "a" }],
    });
  });

  test("writes over what somebody else created in between", async () => {
    let puts = 0;
    const { store, operations } = stubAws({
      PutSecretValue: () => ((puts += 1) === 1 ? absent : { body: {} }),
      CreateSecret: () => exists,
    });
    await store.put("app/db", "x");
    expect(operations()).toEqual(["PutSecretValue", "CreateSecret", "PutSecretValue"]);
  });

  test("brings a deleted secret back first, or fails where that is not wanted", async () => {
    let deleted = true;
    const answers: StubAnswers = {
      ...deletedDescription,
      PutSecretValue: () => (deleted ? markedForDeletion : { body: {} }),
      RestoreSecret: () => {
        deleted = false;
        return { body: {} };
      },
    };
    const strict = stubAws(answers, { onDeleted: "fail" });
    await expect(strict.store.put("a", "x")).rejects.toMatchObject({ code: "Deleted" });
    expect(strict.operations()).not.toContain("RestoreSecret");
    const { store, operations } = stubAws(answers);
    await store.put("a", "x");
    expect(operations()).toEqual([
      "PutSecretValue",
      "DescribeSecret",
      "RestoreSecret",
      "PutSecretValue",
    ]);
  });

  test("waits for a purge that AWS has not finished", async () => {
    const { store } = stubAws({ CreateSecret: () => scheduledForDeletion });
    for (const ifVersion of [undefined, "absent"]) {
      await expect(store.put("a", "x", { ifVersion })).rejects.toMatchObject({
        code: "Unavailable",
        reason: "still-being-deleted",
      });
    }
  });

  test("takes a deleted secret for an existing one when nothing may exist", async () => {
    const { store } = stubAws({ ...deletedDescription, CreateSecret: () => scheduledForDeletion });
    await expect(store.put("a", "x", { ifVersion: "absent" })).rejects.toMatchObject({
      code: "AlreadyExists",
    });
  });

  test("says that the value is written when its tags are not", async () => {
    const { store } = stubAws({ ...stored, ...description(), TagResource: () => denied });
    await expect(store.put("a", "x", { tags: { owner: "a" } })).rejects.toMatchObject({
      code: "PermissionDenied",
      reason: "tags-not-written",
    });
  });

  test("changes no tag that is as it should be, and none of AWS's own services", async () => {
    const { store, requests } = stubAws({
      ...stored,
      ...description({
        Tags: [
          { Key: "same", Value: "1" },
          { Key: "old", Value: "1" },
          { Key: "aws:cloudformation:stack-name", Value: "s" },
        ],
      }),
      TagResource: () => ({ body: {} }),
      UntagResource: () => ({ body: {} }),
    });
    await store.put("a", "x", { tags: { same: "1", new: "2" } });
    expect(requests.slice(2)).toEqual([
      { operation: "UntagResource", input: { SecretId: "a", TagKeys: ["old"] } },
      { operation: "TagResource", input: { SecretId: "a", Tags: [{ Key: "new", Value: "2" }] } },
    ]);
  });

  test("refuses tags beyond AWS's limits before any request, without quoting them", async () => {
    const canary = createCanary();
    const { store, requests } = stubAws({});
    const wrong = [
      Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, "v"])),
      { [`aws:${canary.value}`]: "v" },
      { ["k".repeat(129)]: "v" },
      { key: canary.value.padEnd(257, "x") },
      { "": "v" },
      { key: `${canary.value}\n` },
    ];
    for (const tags of wrong) {
      const failure: unknown = await store.put("a", "x", { tags }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "InvalidValue", reason: "invalid-tag" });
      expectClean(failure, canary);
    }
    expect(requests).toEqual([]);
  });
});

describe("check-and-set", () => {
  const put = { PutSecretValue: () => ({ body: {} }) };
  const mismatch = awsFailure(
    "InvalidParameterException",
    "The parameter RemoveFromVersionId doesn't match the version that has the staging label AWSCURRENT.",
  );

  test("adds the value under a label of its own, and then moves AWSCURRENT from the expected version", async () => {
    const answers = { ...put, ...description(), UpdateSecretVersionStage: () => ({ body: {} }) };
    const { store, requests, operations } = stubAws(answers);
    const { version } = await store.put("a", "x", { ifVersion: current });
    expect(operations()).toEqual(["DescribeSecret", "PutSecretValue", "UpdateSecretVersionStage"]);
    expect(requests[1]?.input).toMatchObject({
      ClientRequestToken: version,
      VersionStages: ["kinko-staged"],
    });
    expect(requests[2]?.input).toEqual({
      SecretId: "a",
      VersionStage: "AWSCURRENT",
      MoveToVersionId: version,
      RemoveFromVersionId: current,
    });
  });

  test("writes nothing when another version is current already", async () => {
    const { store, operations } = stubAws({ ...put, ...description() });
    for (const ifVersion of [other, "1"]) {
      await expect(store.put("a", "x", { ifVersion })).rejects.toMatchObject({ code: "Conflict" });
    }
    const gone = stubAws(put);
    await expect(gone.store.put("a", "x", { ifVersion: current })).rejects.toMatchObject({
      code: "Conflict",
    });
    expect([...operations(), ...gone.operations()]).not.toContain("PutSecretValue");
  });

  test("loses a race with Conflict, and takes its label back", async () => {
    let described = 0;
    const { store, requests } = stubAws({
      ...put,
      DescribeSecret: () => {
        described += 1;
        const id = described === 1 ? current : other;
        return { body: { VersionIdsToStages: { [id]: ["AWSCURRENT"] } } };
      },
      UpdateSecretVersionStage: ({ VersionStage }) =>
        VersionStage === "AWSCURRENT" ? mismatch : { body: {} },
    });
    await expect(store.put("a", "x", { ifVersion: current })).rejects.toMatchObject({
      code: "Conflict",
      reason: "version-mismatch",
    });
    const version = requests[1]?.input["ClientRequestToken"];
    expect(requests[3]).toEqual({
      operation: "UpdateSecretVersionStage",
      input: { SecretId: "a", VersionStage: "kinko-staged", RemoveFromVersionId: version },
    });
  });

  test("is content when its move was done after all", async () => {
    let version: unknown;
    const { store } = stubAws({
      PutSecretValue: ({ ClientRequestToken }) => {
        version = ClientRequestToken;
        return { body: {} };
      },
      DescribeSecret: () => ({
        body: {
          VersionIdsToStages: {
            [version === undefined ? current : String(version)]: ["AWSCURRENT"],
          },
        },
      }),
      UpdateSecretVersionStage: () => mismatch,
    });
    expect((await store.put("a", "x", { ifVersion: current })).version).toBe(version);
  });

  test("does not call a refusal or an outage a conflict", async () => {
    const failures = [
      [denied, "PermissionDenied"],
      [awsFailure("InternalServiceError", "", 500), "Unavailable"],
      [mismatch, "InvalidValue"],
    ] as const;
    for (const [failure, code] of failures) {
      const { store } = stubAws({
        ...put,
        ...description(),
        UpdateSecretVersionStage: () => failure,
      });
      await expect(store.put("a", "x", { ifVersion: current })).rejects.toMatchObject({ code });
    }
  });

  test("works for credentials that may not describe", async () => {
    let moves = 0;
    const { store } = stubAws({
      ...put,
      DescribeSecret: () => denied,
      UpdateSecretVersionStage: () => ((moves += 1) === 1 ? { body: {} } : mismatch),
    });
    await store.put("a", "x", { ifVersion: current });
    await expect(store.put("a", "x", { ifVersion: current })).rejects.toMatchObject({
      code: "Conflict",
    });
  });

  test("brings a deleted secret back only when its version is the expected one", async () => {
    const { store, operations } = stubAws({
      ...put,
      ...deletedDescription,
      RestoreSecret: () => ({ body: {} }),
      UpdateSecretVersionStage: () => ({ body: {} }),
    });
    await expect(store.put("a", "x", { ifVersion: other })).rejects.toMatchObject({
      code: "Conflict",
    });
    expect(operations()).toEqual(["DescribeSecret"]);
    await store.put("a", "x", { ifVersion: current });
    expect(operations()).toContain("RestoreSecret");
  });
});

describe("deleting", () => {
  const deletion = { DeleteSecret: () => ({ body: {} }) };

  test("asks for the recovery window, or for none", async () => {
    const { store, requests } = stubAws(
      { ...deletion, ...description() },
      { recoveryWindowDays: 7 },
    );
    await store.delete("a");
    await store.delete("a", { mode: "purge" });
    const inputs = requests.filter(({ operation }) => operation === "DeleteSecret");
    expect(inputs.map(({ input }) => input)).toEqual([
      { SecretId: "a", RecoveryWindowInDays: 7 },
      { SecretId: "a", ForceDeleteWithoutRecovery: true },
    ]);
  });

  test("finds out that there is nothing to purge, which AWS does not say", async () => {
    const { store, operations } = stubAws(deletion);
    await expect(store.delete("a", { mode: "purge" })).rejects.toMatchObject({ code: "NotFound" });
    expect(operations()).toEqual(["DescribeSecret"]);
  });

  test("says Deleted for what is deleted, by description or by AWS's words", async () => {
    const described = stubAws({ ...deletion, ...deletedDescription });
    await expect(described.store.delete("a")).rejects.toMatchObject({ code: "Deleted" });
    expect(described.operations()).toEqual(["DescribeSecret"]);
    const hidden = stubAws({ DescribeSecret: () => denied, DeleteSecret: () => markedForDeletion });
    await expect(hidden.store.delete("a")).rejects.toMatchObject({ code: "Deleted" });
  });

  test("restores only what is deleted", async () => {
    const restore = { RestoreSecret: () => ({ body: {} }) };
    const kept = stubAws({ ...restore, ...description() });
    await kept.store.undelete("a");
    expect(kept.operations()).toEqual(["DescribeSecret"]);
    const { store, operations } = stubAws({ ...restore, ...deletedDescription });
    await store.undelete("a");
    expect(operations()).toEqual(["DescribeSecret", "RestoreSecret"]);
    await expect(store.undelete({ path: "a", version: current })).rejects.toMatchObject({
      code: "Unsupported",
      reason: "whole-secret-only",
    });
  });
});

describe("versions and health", () => {
  test("the history goes through all pages, with labels and state", async () => {
    const { store, requests } = stubAws({
      ...deletedDescription,
      ListSecretVersionIds: ({ NextToken }) =>
        NextToken === undefined
          ? {
              body: {
                NextToken: "more",
                Versions: [
                  { VersionId: other, CreatedDate: 1, VersionStages: ["AWSPREVIOUS", "blue"] },
                ],
              },
            }
          : {
              body: {
                Versions: [
                  {
                    VersionId: current,
                    CreatedDate: 2,
                    VersionStages: ["AWSCURRENT", "kinko-staged"],
                  },
                ],
              },
            },
    });
    expect(await store.versions("a")).toEqual([
      {
        id: current,
        state: "deleted",
        current: true,
        createdAt: new Date(2000),
        stages: ["AWSCURRENT"],
      },
      {
        id: other,
        state: "deleted",
        current: false,
        createdAt: new Date(1000),
        stages: ["AWSPREVIOUS", "blue"],
      },
    ]);
    expect(requests[1]?.input).toEqual({ SecretId: "a", IncludeDeprecated: true, MaxResults: 100 });
  });

  test("is healthy when AWS knows the credentials, also those that may do little", async () => {
    for (const answer of [{ body: { RandomPassword: "x" } }, denied]) {
      const { store, operations } = stubAws({ GetRandomPassword: () => answer });
      expect(await store.health()).toMatchObject({
        status: "healthy",
        details: { region: "eu-central-1" },
      });
      expect(operations()).toEqual(["GetRandomPassword"]);
    }
    const broken = stubAws({ GetRandomPassword: () => awsFailure("ExpiredTokenException") });
    expect(await broken.store.health()).toMatchObject({
      status: "unhealthy",
      code: "Unauthenticated",
    });
  });
});
