import {
  accessOperations,
  defineAccess,
  type AccessEntry,
  type AccessManifest,
} from "@kinko/core/access";
import { hostileNames } from "@kinko/testing";
import { isSecretError, segmentProblem, type SecretPath } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createNameCodec } from "../../src/names.js";
import {
  iamPolicyFor,
  maxPolicyCharacters,
  type IamPolicyDocument,
  type IamPolicyOptions,
} from "../../src/policies/index.js";
import { grammarProblems, isAllowed, secretsManagerActions } from "./iam-grammar.js";

const place: IamPolicyOptions = { region: "eu-central-1", accountId: "123456789012" };
const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";
const awsOperations = accessOperations.filter(
  (one) => one !== "deleteVersion" && one !== "destroy",
);

function manifest(...access: readonly AccessEntry[]): AccessManifest {
  return defineAccess({ application: "payments", access });
}

function documentOf(entries: readonly AccessEntry[], options = place): IamPolicyDocument {
  return iamPolicyFor(manifest(...entries), options).document;
}

describe("the IAM policy of a manifest", () => {
  test("reads single secrets by their names with six characters, folders with all below", () => {
    expect(documentOf([{ secret: "prod/db#password" }, { folder: "prod/keys" }])).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Get",
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue"],
          Resource: [`${arn}prod/db-??????`, `${arn}prod/keys/*`],
        },
      ],
    });
  });

  test("creates by the name that is asked for, as a new secret has no ARN", () => {
    expect(documentOf([{ secret: "prod/db", operations: ["put"] }]).Statement).toEqual([
      {
        Sid: "Put",
        Effect: "Allow",
        Action: ["secretsmanager:PutSecretValue"],
        Resource: [`${arn}prod/db-??????`],
      },
      {
        Sid: "PutNew",
        Effect: "Allow",
        Action: ["secretsmanager:CreateSecret"],
        Resource: [`${arn}prod/db`, `${arn}prod/db-??????`],
        Condition: { StringLike: { "secretsmanager:Name": ["prod/db"] } },
      },
    ]);
  });

  test("uses the provider's names, with its prefix and its naming", () => {
    const secret = { path: ["o'neil & co", "my-secret"] };
    expect(
      documentOf([{ secret }], { ...place, prefix: "team-a/" }).Statement[0]?.Resource,
    ).toEqual([`${arn}team-a/o=27neil=20=26=20co/my=2Dsecret-??????`]);
    expect(
      documentOf([{ secret: "my-secret" }], { ...place, naming: "raw" }).Statement[0]?.Resource,
    ).toEqual([`${arn}my-secret-??????`]);
  });

  test("lets a soft delete remove nothing for good", () => {
    const document = documentOf([{ secret: "a", operations: ["delete"] }]);
    const request = { action: "secretsmanager:DeleteSecret", resource: `${arn}a-AbCdEf` };
    const forced = (value: string) => ({
      ...request,
      context: { "secretsmanager:ForceDeleteWithoutRecovery": value },
    });
    expect(isAllowed(document, request)).toBe(true);
    expect(isAllowed(document, forced("false"))).toBe(true);
    expect(isAllowed(document, forced("true"))).toBe(false);
    const purging = documentOf([{ secret: "a", operations: ["purge"] }]);
    expect(isAllowed(purging, forced("true"))).toBe(true);
  });

  test("tells that a listing is of the whole account", () => {
    const { document, wider } = iamPolicyFor(
      manifest({ folder: "prod", operations: ["list"] }),
      place,
    );
    expect(document.Statement).toEqual([
      { Sid: "List", Effect: "Allow", Action: ["secretsmanager:ListSecrets"], Resource: ["*"] },
    ]);
    expect(wider).toMatchObject([{ operation: "list", scope: "*", grant: { path: ["prod"] } }]);
  });

  test("uses a key of one's own for these secrets alone, and by way of Secrets Manager alone", () => {
    const kmsKeyArn =
      "arn:aws:kms:eu-central-1:123456789012:key/0aa1b2c3-0000-0000-0000-000000000000";
    const { Statement } = documentOf([{ secret: "a" }], { ...place, kmsKeyArn });
    expect(Statement[1]).toEqual({
      Sid: "GetKey",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [kmsKeyArn],
      Condition: {
        StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" },
        StringLike: { "kms:EncryptionContext:SecretARN": [`${arn}a-??????`] },
      },
    });
  });

  test.each<[string, AccessEntry, Partial<IamPolicyOptions>, object]>([
    [
      "a version that is deleted",
      { secret: "a", operations: ["destroy"] },
      {},
      { code: "Unsupported", reason: "no-single-versions" },
    ],
    [
      "a wildcard as a region",
      { secret: "a" },
      { region: "*" },
      { code: "Config", field: "region" },
    ],
    [
      "an account that is none",
      { secret: "a" },
      { accountId: "*" },
      { code: "Config", field: "accountId" },
    ],
    [
      "a partition that is none",
      { secret: "a" },
      { partition: "aws:*" as never },
      { code: "Config", field: "partition" },
    ],
    [
      "a prefix with a wildcard",
      { secret: "a" },
      { prefix: "*/" },
      { code: "Config", field: "prefix" },
    ],
    [
      "a prefix without its slash",
      { secret: "a" },
      { prefix: "team" },
      { code: "Config", field: "prefix" },
    ],
    [
      "a naming that is none",
      { secret: "a" },
      { naming: "plain" as never },
      { code: "Config", field: "naming" },
    ],
    [
      "an alias of a key",
      { secret: "a" },
      { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:alias/*" },
      { code: "Config", field: "kmsKeyArn" },
    ],
    [
      "a name that raw naming does not take",
      { secret: "a b" },
      { naming: "raw" },
      { code: "InvalidRef" },
    ],
  ])("is refused for %s", (_title, entry, options, error) => {
    expect(() => documentOf([entry], { ...place, ...options })).toThrow(
      expect.objectContaining(error),
    );
  });

  test("is refused where it would not fit a managed policy", () => {
    const entries = Array.from({ length: 80 }, (_, index) => ({
      secret: `prod/app/secret${index}`,
    }));
    expect(() => documentOf(entries)).toThrow(
      expect.objectContaining({ code: "TooLarge", reason: "policy-too-large" }),
    );
    expect(JSON.stringify(documentOf(entries.slice(0, 60))).length).toBeLessThan(
      maxPolicyCharacters,
    );
  });
});

const segment = fc
  .oneof(
    fc.constantFrom("a", "b", "ab", "my-secret", "a*", "?", "${aws:username}", "é", "A", "AbCdEf"),
    fc.constantFrom(...hostileNames),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
  )
  .filter((text) => segmentProblem(text) === undefined && text.length < 40);
const path = fc.array(segment, { minLength: 1, maxLength: 3 });
const entry: fc.Arbitrary<AccessEntry> = fc.oneof(
  fc.record({
    secret: path.map((segments) => ({ path: segments })),
    operations: fc.subarray(
      awsOperations.filter((one) => one !== "list"),
      { minLength: 1 },
    ),
  }),
  fc.record({ folder: path, operations: fc.subarray(awsOperations, { minLength: 1 }) }),
);
const entries = fc.array(entry, { minLength: 1, maxLength: 3 });
const names = createNameCodec("encoded", "");

describe("of any manifest", () => {
  test("the policy is of IAM's grammar, with actions and keys that there are", () => {
    expect(secretsManagerActions.size).toBeGreaterThan(20);
    fc.assert(
      fc.property(entries, fc.boolean(), (access, ownKey) => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/k";
        const document = tryDocument(access, ownKey ? { ...place, kmsKeyArn } : place);
        if (document !== undefined) expect(grammarProblems(document)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("it allows reading and creating exactly what the manifest says", () => {
    fc.assert(
      fc.property(entries, fc.array(path, { maxLength: 4 }), (access, others) => {
        const document = tryDocument(access, place);
        if (document === undefined) return;
        const { grants } = manifest(...access);
        const near = grants.flatMap(({ path: own }): SecretPath[] => [
          own,
          [...own, "below"],
          own.slice(0, -1),
          [...own.slice(0, -1), `${own.at(-1)}-AbCdEf`],
          [...own.slice(0, -1), `${own.at(-1)}x`],
        ]);
        for (const asked of [...others, ...near].filter(({ length }) => length > 0)) {
          const name = names.encode(asked);
          const granted = (...operations: readonly string[]): boolean =>
            grants.some(
              (grant) =>
                grant.operations.some((one) => operations.includes(one)) &&
                grant.path.every((part, index) => part === asked[index]) &&
                (grant.kind === "secret"
                  ? grant.path.length === asked.length
                  : grant.path.length < asked.length),
            );
          const reading = {
            action: "secretsmanager:GetSecretValue",
            resource: `${arn}${name}-x1Y2z3`,
          };
          expect([name, isAllowed(document, reading)]).toEqual([name, granted("get", "patch")]);
          const creating = {
            action: "secretsmanager:CreateSecret",
            resource: `${arn}${name}`,
            context: { "secretsmanager:Name": name },
          };
          expect([name, isAllowed(document, creating)]).toEqual([name, granted("put")]);
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** Undefined for one that is refused for its size or the length of a name. */
function tryDocument(
  access: readonly AccessEntry[],
  options: IamPolicyOptions,
): IamPolicyDocument | undefined {
  try {
    return documentOf(access, options);
  } catch (error) {
    expect(isSecretError(error, "TooLarge") || isSecretError(error, "InvalidRef")).toBe(true);
    return undefined;
  }
}

describe("the check of the grammar sees", () => {
  const good = documentOf([{ secret: "a" }]);
  const [statement] = good.Statement;
  test.each<[string, unknown]>([
    ["an action that there is not", { ...statement, Action: ["secretsmanager:ReadSecret"] }],
    ["a resource that is no ARN", { ...statement, Resource: ["secret:a"] }],
    ["an unknown element", { ...statement, Principal: "*" }],
    ["a Sid with a blank", { ...statement, Sid: "Get it" }],
    [
      "a key that there is not",
      { ...statement, Condition: { StringLike: { "secretsmanager:Path": "a" } } },
    ],
    [
      "an operator of another type",
      { ...statement, Condition: { Bool: { "secretsmanager:Name": "true" } } },
    ],
  ])("%s", (_title, wrong) => {
    expect(grammarProblems(good)).toEqual([]);
    expect(grammarProblems({ ...good, Statement: [wrong] })).not.toEqual([]);
  });
});
