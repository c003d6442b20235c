import { describe, expect, test } from "vitest";
import { current, other, description, deletedDescription, denied } from "../documented-answers.js";
import { awsFailure, stubAws } from "../stub-aws.js";

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
    let version: string | undefined;
    const { store } = stubAws({
      PutSecretValue: ({ ClientRequestToken }) => {
        version = ClientRequestToken as string;
        return { body: {} };
      },
      DescribeSecret: () => ({
        body: {
          VersionIdsToStages: {
            [version ?? current]: ["AWSCURRENT"],
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
