import { FakeClock } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { current, other, deletedDescription, denied } from "../documented-answers.js";
import { awsFailure, stubAws } from "../stub-aws.js";
import { testDriver } from "../support.js";

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

  test("tells how far AWS's clock is ahead, also when the health check is refused", async () => {
    const clock = new FakeClock({ nowMs: Date.UTC(2026, 0, 1) });
    const headers = { date: "Thu, 01 Jan 2026 00:02:00 GMT" };
    for (const answer of [{ body: { RandomPassword: "x" } }, denied]) {
      const { handler } = stubAws({ GetRandomPassword: () => ({ ...answer, headers }) });
      const provider = testDriver({}, handler, { clock });
      const { details } = await provider.health({ signal: new AbortController().signal });
      expect(details["clockSkewSeconds"]).toBe(120);
    }
  });
});
