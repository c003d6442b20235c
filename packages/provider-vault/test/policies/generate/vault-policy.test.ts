import {
  accessOperations,
  defineAccess,
  type AccessEntry,
  type AccessManifest,
} from "@kinko/core/access";
import { isSecretError, segmentProblem } from "@kinko/core";
import { hostileNames } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compilePolicies,
  lintPolicy,
  parsePolicy,
  printPolicy,
  vaultPolicyFor,
  type PolicyDocument,
  type VaultPolicyOptions,
} from "../../../src/policies/index.js";
import { entry, isGranted, metadataLimits, path, requests, tryPolicy } from "./manifest-oracle.js";

function manifest(...access: readonly AccessEntry[]): AccessManifest {
  return defineAccess({ application: "payments", access });
}

function lines({ rules }: PolicyDocument): string[] {
  return rules.map(({ path, capabilities }) => `${path}: ${capabilities.join(" ")}`);
}

describe("the policy of a manifest", () => {
  test.each<[string, AccessManifest, VaultPolicyOptions, readonly string[]]>([
    [
      "names a secret exactly, and a folder with all below",
      manifest(
        { secret: "prod/db#password" },
        { folder: "prod/keys", operations: ["get", "list"] },
      ),
      {},
      [
        "secret/data/prod/db: read",
        "secret/data/prod/keys/*: read",
        "secret/metadata/prod/keys/*: list",
      ],
    ],
    [
      "has one rule a path, whatever the operations",
      manifest({ secret: "a", operations: accessOperations.filter((one) => one !== "list") }),
      {},
      [
        "secret/data/a: create delete read update",
        "secret/metadata/a: create delete read update",
        "secret/delete/a: update",
        "secret/undelete/a: update",
        "secret/destroy/a: update",
      ],
    ],
    [
      "repeats what the folder around gives, as Vault takes the narrower rule alone",
      manifest({ folder: "prod" }, { secret: "prod/db", operations: ["put"] }),
      {},
      ["secret/data/prod/*: read", "secret/data/prod/db: create read update"],
    ],
    [
      "names a folder's own list where the folder around would decide it",
      manifest(
        { folder: "prod", operations: ["versions"] },
        { folder: "prod/app", operations: ["list"] },
      ),
      {},
      [
        "secret/metadata/prod/*: read",
        "secret/metadata/prod/app/*: list read",
        "secret/metadata/prod/app: list read",
      ],
    ],
    [
      "is of one path each on KV version 1",
      manifest({ secret: "db", operations: ["get", "put"] }, { folder: "", operations: ["list"] }),
      { mount: "team/kv", kvVersion: 1 },
      ["team/kv/*: list", "team/kv/db: create list read update"],
    ],
    [
      "lets the token look after itself where that is wanted",
      manifest({ secret: "db" }),
      { selfService: true },
      [
        "secret/data/db: read",
        "auth/token/lookup-self: read",
        "auth/token/renew-self: update",
        "auth/token/revoke-self: update",
        "sys/capabilities-self: update",
      ],
    ],
  ])("%s", (_title, given, options, expected) => {
    expect(lines(vaultPolicyFor(given, options))).toEqual(expected);
  });

  test.each<[string, AccessManifest, readonly string[]]>([
    ["alone", manifest({ secret: "a", operations: ["tags"] }), ["secret/metadata/a"]],
    [
      "beside all that reads, lists or purges there",
      manifest({ folder: "a", operations: accessOperations }),
      ["secret/metadata/a/*"],
    ],
    [
      "of the folder around",
      manifest({ folder: "a", operations: ["tags"] }, { secret: "a/b", operations: ["versions"] }),
      ["secret/metadata/a/*", "secret/metadata/a/b"],
    ],
    [
      "in a rule for a folder's own list",
      manifest(
        { folder: "a", operations: ["tags"] },
        { folder: "a/b", operations: ["list"] },
        { secret: "a/b", operations: ["versions"] },
      ),
      ["secret/metadata/a/*", "secret/metadata/a/b/*", "secret/metadata/a/b"],
    ],
  ])("lets tags write custom metadata only: %s", (_title, given, paths) => {
    const rules = vaultPolicyFor(given).rules.filter(({ path: one }) =>
      one.startsWith("secret/metadata/"),
    );
    expect(rules.map((rule) => rule.path).toSorted()).toEqual([...paths].toSorted());
    for (const { capabilities, allowedParameters } of rules) {
      expect(capabilities).toEqual(expect.arrayContaining(["create", "update"]));
      expect(allowedParameters).toEqual({ custom_metadata: [] });
    }
  });

  test("has nothing that lint finds", () => {
    const policy = vaultPolicyFor(
      manifest(
        { secret: "prod/db", operations: ["get", "put", "tags"] },
        { folder: "prod/keys", operations: ["get", "list"] },
      ),
    );
    expect(lintPolicy(policy, { kv2Mounts: ["secret"] })).toEqual([]);
  });

  test.each<[string, AccessEntry, VaultPolicyOptions, string, string]>([
    ["a segment that is a plus", { secret: "a/+/b" }, {}, "Unsupported", "not-expressible"],
    ["a star at the end", { secret: "a/b*" }, {}, "Unsupported", "not-expressible"],
    ["a template", { secret: "{{identity.entity.name}}" }, {}, "Unsupported", "not-expressible"],
    ["half a template", { folder: "a}}" }, {}, "Unsupported", "not-expressible"],
    ["a plus before the glob", { folder: "a/b+*" }, {}, "Unsupported", "not-expressible"],
    ["two dots on version 1", { secret: "a..b" }, { kvVersion: 1 }, "InvalidRef", "double-dot"],
    [
      "undelete on version 1",
      { secret: "a", operations: ["undelete"] },
      { kvVersion: 1 },
      "Unsupported",
      "kv-version-1",
    ],
    ["a mount with a glob", { secret: "a" }, { mount: "kv/*" }, "InvalidValue", "invalid-name"],
  ])("is refused for %s", (_title, entry, options, code, reason) => {
    expect(() => vaultPolicyFor(manifest(entry), options)).toThrow(
      expect.objectContaining({ code, reason }),
    );
  });

  test("is refused where a folder's rule would go before that of a name with a plus in front", () => {
    const plus = { secret: "prod/a+/+b", operations: ["put"] } as const;
    expect(lines(vaultPolicyFor(manifest(plus)))).toEqual([
      "secret/data/prod/a+/+b: create update",
    ]);
    expect(() => vaultPolicyFor(manifest({ folder: "prod/a+" }, plus))).toThrow(
      expect.objectContaining({
        code: "Unsupported",
        reason: "not-expressible",
        field: "secret/data/prod/a+/+b",
      }),
    );
  });
});

describe("as the simulator decides, and as its text reads back,", () => {
  test("the policy allows exactly what the manifest says", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 5 }),
        fc.array(path, { minLength: 6 }),
        (access, asked) => {
          const given = manifest(...access);
          const made = tryPolicy(given);
          if (made === undefined) return;
          const policy = parsePolicy(printPolicy(made));
          const compiled = compilePolicies([{ name: "generated", policy }]);
          for (const one of [...asked, ...given.grants.map((grant) => grant.path)]) {
            if (one.length === 0) continue;
            for (const parameters of metadataLimits)
              for (const operation of ["create", "update", "patch"] as const)
                expect(
                  compiled.can({
                    operation,
                    path: `secret/metadata/${one.join("/")}`,
                    parameters,
                  }).allowed,
                ).toBe(false);
            for (const operation of accessOperations) {
              const allowed = requests[operation]("secret", one.join("/")).every(
                (request) => compiled.can(request).allowed,
              );
              expect([operation, one, allowed]).toEqual([
                operation,
                one,
                isGranted(given, operation, one),
              ]);
            }
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  test("names of any kind are for themselves alone, or refused", () => {
    const name = fc
      .oneof(
        fc.constantFrom(...hostileNames),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
        fc
          .array(fc.constantFrom("+", "*", "{{", "}}", '"', "\\", "${", "a", "#"), {
            minLength: 1,
            maxLength: 5,
          })
          .map((parts) => parts.join("")),
      )
      .filter((text) => segmentProblem(text) === undefined);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), name, (segments, other) => {
        try {
          const policy = parsePolicy(
            printPolicy(vaultPolicyFor(manifest({ secret: { path: segments } }))),
          );
          const compiled = compilePolicies([{ name: "generated", policy }]);
          const text = segments.join("/");
          expect(policy.rules).toHaveLength(1);
          expect(compiled.capabilities(`secret/data/${text}`)).toEqual(["read"]);
          for (const near of [`${text}/${other}`, `${text}${other}`, `${other}/${text}`, other])
            if (near !== text)
              expect(compiled.capabilities(`secret/data/${near}`)).toEqual(["deny"]);
        } catch (error) {
          if (!isSecretError(error)) throw error;
          expect(["not-expressible", "not-printable", "path-too-long"]).toContain(error.reason);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
