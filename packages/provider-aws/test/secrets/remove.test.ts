import { describe, expect, test } from "vitest";
import {
  current,
  description,
  markedForDeletion,
  deletedDescription,
  denied,
} from "../documented-answers.js";
import { stubAws } from "../stub-aws.js";

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
