import { describe, expect, test } from "vitest";
import {
  can,
  capabilitiesFor,
  compilePolicies,
  explain,
  parsePolicy,
  type NamedPolicy,
} from "../../src/policies/index.js";

function policy(text: string, name = "app"): NamedPolicy {
  return { name, policy: parsePolicy(text) };
}

/** The path of the rule that decides. */
function decider(text: string, path: string): string | undefined {
  const { rules } = can({ policies: [policy(text)], operation: "read", path });
  return rules[0]?.rule.path;
}

function rules(...paths: readonly string[]): string {
  return paths.map((path) => `path "${path}" { capabilities = ["read"] }\n`).join("");
}

describe("the rule that decides", () => {
  test.each([
    ["an exact path before all patterns", ["a/b", "a/*", "a/+"], "a/b", "a/b"],
    ["the longest prefix", ["a*", "a/b*", "*"], "a/bc", "a/b*"],
    ["the later first wildcard", ["a/+/c", "a/b/+"], "a/b/c", "a/b/+"],
    ["a prefix with a later star before a +", ["a/+", "a/b*"], "a/bc", "a/b*"],
    ["no star at the end before one", ["a/+/*", "a/+/b"], "a/x/b", "a/+/b"],
    ["a + before a star at the same place", ["a/*", "a/+"], "a/b", "a/+"],
    ["fewer +", ["a/+/+/d", "a/+/c/+"], "a/b/c/d", "a/+/c/+"],
    ["the longer of two alike", ["a/+/b*", "a/+/ba*"], "a/x/bar", "a/+/ba*"],
  ])("is %s", (_title, paths, path, expected) => {
    expect(decider(rules(...paths), path)).toBe(expected);
    expect(decider(rules(...paths.toReversed()), path)).toBe(expected);
  });

  test("is none where + would have to stand for two segments, or a star for nothing before it", () => {
    expect(decider(rules("a/+"), "a/b/c")).toBeUndefined();
    expect(decider(rules("a/b*"), "a/")).toBeUndefined();
    expect(decider(rules("a/+x"), "a/yx")).toBeUndefined();
  });
});

describe("rules of one path", () => {
  test("grant together what each does, over all policies", () => {
    const policies = [
      policy('path "a" { capabilities = ["read"] }', "one"),
      policy('path "a" { capabilities = ["update"] } path "/a" { policy = "read" }', "two"),
    ];
    expect(capabilitiesFor(policies, "a")).toEqual(["list", "read", "update"]);
  });

  test("grant nothing if one denies, but a longer path is not denied", () => {
    const policies = [
      policy('path "a/*" { capabilities = ["read"] }', "one"),
      policy('path "a/*" { capabilities = ["deny"] } path "a/b" { policy = "read" }', "two"),
    ];
    expect(capabilitiesFor(policies, "a/x")).toEqual(["deny"]);
    expect(capabilitiesFor(policies, "a/b")).toEqual(["list", "read"]);
  });
});

describe("templates", () => {
  const text = 'path "users/{{identity.entity.name}}/*" { capabilities = ["read"] }';
  const question = { policies: [policy(text)], operation: "read", path: "users/alice/x" } as const;

  test("are filled in with the identity", () => {
    const identity = { entity: { id: "1", name: "alice" } };
    expect(can({ ...question, identity }).allowed).toBe(true);
    expect(can({ ...question, identity: { entity: { id: "2", name: "bob" } } }).allowed).toBe(
      false,
    );
  });

  test("without a value take the rule away", () => {
    expect(can(question)).toMatchObject({ allowed: false, reason: "no-rule" });
    expect(can({ ...question, path: "users//x" }).allowed).toBe(false);
  });

  test("whose value makes no path leave nothing allowed, as in Vault", () => {
    const broken = policy(`path "users/+{{identity.entity.name}}" { policy = "read" }`);
    const identity = { entity: { id: "1", name: "*" } };
    expect(can({ ...question, policies: [broken], identity })).toMatchObject({
      allowed: false,
      reason: "invalid-policies",
    });
  });
});

describe("lists", () => {
  test("look for a rule without the slash at the end too", () => {
    const policies = [policy('path "secret/metadata/app" { capabilities = ["list"] }')];
    for (const path of ["secret/metadata/app", "/secret/metadata/app/"])
      expect(can({ policies, operation: "list", path }).allowed).toBe(true);
    expect(can({ policies, operation: "read", path: "secret/metadata/app/" }).allowed).toBe(false);
  });
});

describe("constraints", () => {
  const policies = [
    policy(`path "a" {
      capabilities = ["update"]
      allowed_parameters = { "Kind" = ["web*", "db"], "free" = [] }
      denied_parameters = { "free" = ["bad"] }
      required_parameters = ["kind"]
    }`),
  ];
  const update = (parameters: Readonly<Record<string, unknown>>) =>
    can({ policies, operation: "update", path: "a", parameters });

  test.each([
    [{ kind: "web-1" }, "allowed", undefined],
    [{ kind: "web,db" }, "allowed", undefined],
    [{ kind: ["db", "web"], free: 1 }, "allowed", undefined],
    [{}, "parameter-required", "kind"],
    [{ kind: "mail" }, "parameter-not-allowed", "kind"],
    [{ kind: "db", other: 1 }, "parameter-not-allowed", "other"],
    [{ kind: "db", free: ["good", "bad"] }, "parameter-denied", "free"],
  ])("of parameters hold for %o", (parameters, reason, parameter) => {
    const decision = update(parameters);
    expect(decision.reason).toBe(reason);
    expect(decision.parameter).toBe(parameter);
  });

  test("of wrapping hold", () => {
    const wrapped = [
      policy('path "a" { policy = "read" min_wrapping_ttl = "1m" max_wrapping_ttl = 300 }'),
    ];
    const read = (wrapTtlSeconds?: number) =>
      can({ policies: wrapped, operation: "read", path: "a", wrapTtlSeconds }).reason;
    expect([read(), read(59), read(60), read(300), read(301)]).toEqual([
      "wrapping-required",
      "wrap-ttl-too-short",
      "allowed",
      "allowed",
      "wrap-ttl-too-long",
    ]);
  });

  test("of root-protected paths ask for sudo", () => {
    const question = { operation: "read", path: "sys/raw/x" } as const;
    const one = can({ ...question, policies: [policy('path "sys/*" { policy = "read" }')] });
    expect(one).toMatchObject({ allowed: false, reason: "sudo-missing", missing: "sudo" });
    expect(
      can({ ...question, policies: [policy('path "sys/*" { policy = "sudo" }')] }).allowed,
    ).toBe(true);
  });
});

test("root allows everything, and nothing beside others", () => {
  const root = { name: "root", policy: { rules: [] } };
  expect(compilePolicies([root]).capabilities("x")).toEqual(["root"]);
  expect(can({ policies: [root, policy("")], operation: "read", path: "x" }).allowed).toBe(false);
});

test("an explanation names the rule with its line, what is missing, and a rule that would allow it", () => {
  const policies = [policy('\npath "secret/data/*" {\n  capabilities = ["read"]\n}')];
  const explained = explain({ policies, operation: "update", path: "secret/data/app" });
  expect(explained.suggestion).toEqual({
    path: "secret/data/app",
    capabilities: ["read", "update"],
  });
  expect(explained.text).toBe(
    `update secret/data/app: denied. The rule that decides does not grant what this needs.
Rule: path "secret/data/*" of policy "app" at line 2 (read).
Missing: update.
This rule would allow it:
path "secret/data/app" {
  capabilities = ["read", "update"]
}`,
  );
});
