import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import {
  description,
  markedForDeletion,
  scheduledForDeletion,
  deletedDescription,
  exists,
  denied,
  absent,
} from "../documented-answers.js";
import { stubAws, type StubAnswers } from "../stub-aws.js";

describe("writing", () => {
  const stored = { PutSecretValue: () => ({ body: {} }) };
  const created = { CreateSecret: () => ({ body: {} }) };

  test("is one request with an id of its own, to which AWS itself gives the label AWSCURRENT", async () => {
    const { store, requests, operations } = stubAws(stored);
    const { version } = await store.put("app/db", { a: 1 });
    expect(operations()).toEqual(["PutSecretValue"]);
    expect(requests[0]?.input).toEqual({
      SecretId: "app/db",
      SecretString: '{"a":1}',
      ClientRequestToken: version,
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
