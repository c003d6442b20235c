import { isSecretError } from "@kinko/core";
import { describe, expect, test } from "vitest";
import { awsFailure, stubAws, valueAnswer, type StubAnswers } from "../stub-aws.js";

type Entry = Readonly<Record<string, unknown>>;

/** AWS's answer to a batch, with errors for some names. */
function batch(
  errors: Readonly<Record<string, readonly [code: string, message: string]>> = {},
): StubAnswers {
  return {
    BatchGetSecretValue: ({ SecretIdList }) => {
      const SecretValues: Entry[] = [];
      const Errors: Entry[] = [];
      for (const name of SecretIdList as readonly string[]) {
        const [ErrorCode, Message] = errors[name] ?? [];
        if (ErrorCode !== undefined) Errors.push({ SecretId: name, ErrorCode, Message });
        else if (!name.startsWith("unanswered")) {
          SecretValues.push({
            Name: name,
            VersionId: "v".repeat(32),
            SecretString: `value of ${name}`,
          });
        }
      }
      return { body: { SecretValues, Errors } };
    },
  };
}

const single: StubAnswers = {
  GetSecretValue: ({ SecretId }) =>
    valueAnswer({ Name: SecretId, SecretString: `single ${String(SecretId)}` }),
  DescribeSecret: () => ({ body: {} }),
};

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `app/n${index}`);
}

describe("reading many", () => {
  test("takes 20 names in a request, each name once", async () => {
    const { store, requests } = stubAws(batch());
    const refs = names(45);
    const found = await store.getMany([...refs, "app/n0"]);
    expect(refs.map((ref) => found.get(ref)?.text())).toEqual(refs.map((ref) => `value of ${ref}`));
    const sizes = requests.map(({ input }) => (input["SecretIdList"] as readonly string[]).length);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([5, 20, 20]);
  });

  test("reads fields of one secret with one request for it", async () => {
    const { store, requests } = stubAws({
      BatchGetSecretValue: () => ({
        body: {
          SecretValues: [
            { Name: "db", VersionId: "v".repeat(32), SecretString: '{"user":"u","password":"p"}' },
          ],
        },
      }),
    });
    const found = await store.getMany(["db#user", "db#password", "db"]);
    expect([...found.values()].map((secret) => secret.text())).toEqual([
      "u",
      "p",
      '{"password":"p","user":"u"}',
    ]);
    expect(requests.map(({ input }) => input)).toEqual([{ SecretIdList: ["db"] }]);
  });

  test("reports each failure as a single read would", async () => {
    const deletedMessage =
      "You can't perform this operation on the secret because it was marked for deletion.";
    const { store } = stubAws({
      ...batch({
        "app/missing": [
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret.",
        ],
        "app/denied": ["AccessDeniedException", "User is not authorized."],
        "app/deleted": ["InvalidRequestException", deletedMessage],
        "app/key": ["DecryptionFailure", "No key."],
      }),
      DescribeSecret: ({ SecretId }) =>
        SecretId === "app/deleted"
          ? { body: { DeletedDate: 1_800_000_000 } }
          : awsFailure("ResourceNotFoundException"),
    });
    const failures: string[] = [];
    const refs = ["app/a", "app/missing", "app/denied", "app/deleted", "app/key"];
    const found = await store.getMany(refs, {
      onError: (ref, error) => failures.push(`${ref} ${error.code}`),
    });
    expect([...found.keys()]).toEqual(["app/a"]);
    expect(failures.toSorted()).toEqual([
      "app/deleted Deleted",
      "app/denied PermissionDenied",
      "app/key Disabled",
      "app/missing NotFound",
    ]);
  });

  test("reads other versions, and what a batch left unanswered, one by one", async () => {
    const { store, operations } = stubAws({ ...batch(), ...single }, { readTags: false });
    const version = "x".repeat(32);
    const refs = ["app/a", `app/b@${version}`, "app/c@stage:AWSPREVIOUS", "unanswered"];
    const found = await store.getMany(refs);
    expect([...found.values()].map((secret) => secret.text())).toEqual([
      "value of app/a",
      "single app/b",
      "single app/c",
      "single unanswered",
    ]);
    expect(operations().filter((operation) => operation === "GetSecretValue")).toHaveLength(3);
  });

  test("reads one by one when batches are denied, which older policies do", async () => {
    const { store } = stubAws({
      ...single,
      BatchGetSecretValue: () => awsFailure("AccessDeniedException"),
    });
    const found = await store.getMany(names(25));
    expect([...found.values()].map((secret) => secret.text())).toEqual(
      names(25).map((name) => `single ${name}`),
    );
  });

  test("fails as a whole when AWS fails", async () => {
    const { store } = stubAws({ BatchGetSecretValue: () => awsFailure("ThrottlingException") });
    const failure: unknown = await store.getMany(names(3)).catch((error: unknown) => error);
    expect(isSecretError(failure, "RateLimited")).toBe(true);
  });

  test("follows the pages of an answer", async () => {
    const { store } = stubAws({
      BatchGetSecretValue: ({ NextToken }) => {
        const name = NextToken === undefined ? "app/n0" : "app/n1";
        const value = { Name: name, VersionId: "v".repeat(32), SecretString: name };
        return {
          body: {
            SecretValues: [value],
            ...(NextToken === undefined ? { NextToken: "more" } : {}),
          },
        };
      },
    });
    expect((await store.getMany(names(2))).size).toBe(2);
  });

  test("refuses a name that AWS cannot carry, and reads the others", async () => {
    const { store } = stubAws(batch(), { naming: "raw" });
    const failures: string[] = [];
    const found = await store.getMany(["app/a", "app/b c"], {
      onError: (ref, error) => failures.push(`${ref} ${error.code}`),
    });
    expect([...found.keys()]).toEqual(["app/a"]);
    expect(failures).toEqual(["app/b c InvalidRef"]);
  });
});
