import { describe, expect, test } from "vitest";
import {
  other,
  description,
  markedForDeletion,
  deletedDescription,
  denied,
  absent,
} from "../documented-answers.js";
import { awsFailure, stubAws, valueAnswer } from "../stub-aws.js";

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
