import { describe, expect, test } from "vitest";
import {
  adminOverrideLayer,
  applicationPolicy,
  constrainPolicy,
  developerPolicy,
  devopsPolicy,
  environmentBaseLayer,
  globalDenyLayer,
  identityPolicy,
  isolationPolicy,
  parsePolicy,
  printPolicy,
  serviceLayer,
  type PolicyConstraints,
  type PolicyDocument,
  type PolicyRule,
} from "../../../src/policies/index.js";

/** A rule a line, as one reads it. */
function lines({ rules }: PolicyDocument): string[] {
  return rules.map(({ path, capabilities }) => `${path}: ${capabilities.join(" ")}`);
}

describe("the presets of least privilege", () => {
  test.each<[string, PolicyDocument, readonly string[]]>([
    [
      "a developer reads and lists dev",
      developerPolicy(),
      ["secret/data/dev/*: read", "secret/metadata/dev/*: list"],
    ],
    [
      "devops reads and lists everything",
      devopsPolicy(),
      ["secret/data/*: read", "secret/metadata/*: list"],
    ],
    [
      "a production application only reads its own",
      applicationPolicy({ application: "app" }),
      ["secret/data/prod/app/*: read"],
    ],
    [
      "on KV version 1 both are one path",
      developerPolicy({ kvVersion: 1, mount: "team/kv", environment: "test" }),
      ["team/kv/test/*: list read"],
    ],
  ])("%s", (_title, policy, expected) => {
    expect(lines(policy)).toEqual(expected);
  });
});

describe("the templated presets", () => {
  test.each<[string, PolicyDocument, string]>([
    [
      "the entity's name",
      identityPolicy({ folder: "users", operations: ["get"] }),
      "secret/data/users/{{identity.entity.name}}/*: read",
    ],
    [
      "the entity's id",
      identityPolicy({ folder: "users", subject: { entity: "id" }, operations: ["get"] }),
      "secret/data/users/{{identity.entity.id}}/*: read",
    ],
    [
      "the entity's metadata",
      identityPolicy({ folder: "x", subject: { entityMetadata: "team" }, operations: ["get"] }),
      "secret/data/x/{{identity.entity.metadata.team}}/*: read",
    ],
    [
      "a group's name",
      identityPolicy({
        folder: "teams",
        subject: { group: "payments", value: "name" },
        operations: ["get"],
      }),
      "secret/data/teams/{{identity.groups.names.payments.name}}/*: read",
    ],
    [
      "a group's metadata",
      identityPolicy({
        folder: "zones",
        subject: { group: "payments", groupMetadata: "zone" },
        operations: ["get"],
      }),
      "secret/data/zones/{{identity.groups.names.payments.metadata.zone}}/*: read",
    ],
  ])("name the folder by %s", (_title, policy, expected) => {
    expect(lines(policy)).toEqual([expected]);
  });

  test("give everybody reading, writing, deleting and listing of their own, unless told otherwise", () => {
    expect(lines(identityPolicy({ folder: "users" }))).toEqual([
      "secret/data/users/{{identity.entity.name}}/*: create delete read update",
      "secret/metadata/users/{{identity.entity.name}}/*: list",
    ]);
  });
});

describe("isolation by path", () => {
  test("opens one environment, and closes every address of the others, also to a list of the folder itself", () => {
    expect(lines(isolationPolicy({ environment: "production", others: ["staging"] }))).toEqual([
      "secret/data/production/*: read",
      "secret/metadata/production/*: list",
      "secret/data/staging/*: deny",
      "secret/metadata/staging: deny",
      "secret/metadata/staging/*: deny",
      "secret/delete/staging/*: deny",
      "secret/undelete/staging/*: deny",
      "secret/destroy/staging/*: deny",
      "secret/subkeys/staging/*: deny",
    ]);
  });

  test("refuses an environment that is opened and closed", () => {
    expect(() => isolationPolicy({ environment: "dev", others: ["dev"] })).toThrow(
      expect.objectContaining({ reason: "environment-in-others", field: "others" }),
    );
  });
});

describe("the layers of a hierarchy", () => {
  test("deny sys and orphans, read an environment, name exact paths of a service", () => {
    expect(lines(globalDenyLayer({ also: ["identity"] }).policy)).toEqual([
      "sys/*: deny",
      "auth/token/create-orphan: deny",
      "identity: deny",
      "identity/*: deny",
    ]);
    expect(lines(environmentBaseLayer({ environment: "production" }).policy)).toEqual([
      "secret/data/production/*: read",
      "secret/metadata/production/*: list",
    ]);
    const service = serviceLayer({
      environment: "production",
      service: "payments",
      secrets: [{ path: "db", operations: ["get", "put"] }, { path: "keys/stripe" }],
    });
    expect(service.name).toBe("production-payments");
    expect(lines(service.policy)).toEqual([
      "secret/data/production/payments/db: create read update",
      "secret/data/production/payments/keys/stripe: read",
    ]);
  });

  test("override with MFA on every rule, for a short time, with operator and ticket in the token", () => {
    const layer = adminOverrideLayer({
      environment: "production",
      mfaMethods: ["totp"],
      paths: [{ path: "sys/policies/acl/*", capabilities: ["read", "list"] }],
    });
    expect(layer.policy.rules.map(({ mfaMethods }) => mfaMethods)).toEqual(
      layer.policy.rules.map(() => ["totp"]),
    );
    expect(lines(layer.policy)).toEqual([
      "secret/data/production/*: create delete read update",
      "secret/metadata/production/*: create delete list read update",
      "secret/delete/production/*: update",
      "secret/undelete/production/*: update",
      "secret/destroy/production/*: update",
      "sys/policies/acl/*: list read",
    ]);
    expect(layer.token({ operator: "alice", ticket: "INC-7" })).toEqual({
      type: "service",
      policies: ["production-admin-override"],
      ttlSeconds: 900,
      explicitMaxTtlSeconds: 900,
      renewable: false,
      displayName: "override-alice",
      metadata: {
        kinko_override: "production-admin-override",
        operator: "alice",
        ticket: "INC-7",
      },
    });
    expect(layer.loginMfa(["method"], ["group"])).toEqual({
      path: "identity/mfa/login-enforcement/production-admin-override",
      body: { mfa_method_ids: ["method"], identity_group_ids: ["group"] },
    });
  });

  const override = { environment: "production", mfaMethods: ["totp"] };
  test.each<[string, () => unknown, string, string]>([
    [
      "an override without MFA",
      () => adminOverrideLayer({ ...override, mfaMethods: [] }),
      "no-mfa-method",
      "mfaMethods",
    ],
    [
      "an override for days",
      () => adminOverrideLayer({ ...override, ttlSeconds: 86_400 }),
      "invalid-ttl",
      "ttlSeconds",
    ],
    [
      "an override that denies",
      () =>
        adminOverrideLayer({
          ...override,
          paths: [{ path: "sys/health", capabilities: ["deny"] }],
        }),
      "unknown-capability",
      "paths",
    ],
    [
      "login MFA for nobody",
      () => adminOverrideLayer(override).loginMfa(["m"], []),
      "no-mfa-group",
      "groupIds",
    ],
    [
      "a service without secrets",
      () => serviceLayer({ environment: "p", service: "s", secrets: [] }),
      "empty-layer",
      "secrets",
    ],
    [
      "listing of an exact path",
      () =>
        serviceLayer({
          environment: "p",
          service: "s",
          secrets: [{ path: "a", operations: ["list"] }],
        }),
      "list-of-secret",
      "operations",
    ],
    [
      "the name of a policy of Vault's own",
      () => globalDenyLayer({ name: "root" }),
      "reserved-policy-name",
      "name",
    ],
    [
      "an operation that there is not",
      () => identityPolicy({ folder: "u", operations: ["sudo" as never] }),
      "unknown-operation",
      "operations",
    ],
    [
      "an operation that a prototype has",
      () => identityPolicy({ folder: "u", operations: ["constructor" as never] }),
      "unknown-operation",
      "operations",
    ],
    [
      "an operation that KV version 1 does not have",
      () => identityPolicy({ folder: "u", kvVersion: 1, operations: ["undelete"] }),
      "kv-version-1",
      "operations",
    ],
    [
      "a version of KV that there is not",
      () => devopsPolicy({ kvVersion: 3 as never }),
      "invalid-kv-version",
      "kvVersion",
    ],
    [
      "a field that an identity does not have",
      () => identityPolicy({ folder: "u", subject: { entity: "name}}/*" as never } }),
      "invalid-name",
      "entity",
    ],
  ])("refuse %s", (_title, make, reason, field) => {
    expect(make).toThrow(expect.objectContaining({ reason, field }));
  });
});

describe("constraints", () => {
  const writing = identityPolicy({ folder: "users", operations: ["get", "put", "list"] });

  test("hold for rules that write, or read, and leave the others", () => {
    const policy = constrainPolicy(writing, {
      requiredParameters: ["options"],
      deniedParameters: { legacy: [] },
      allowedParameters: { data: [], options: [] },
      wrapping: { minSeconds: 60, maxSeconds: 300 },
    });
    expect(policy.rules).toEqual([
      {
        ...writing.rules[0],
        requiredParameters: ["options"],
        deniedParameters: { legacy: [] },
        allowedParameters: { data: [], options: [] },
        minWrappingTtlSeconds: 60,
        maxWrappingTtlSeconds: 300,
      },
      writing.rules[1],
    ]);
    expect(parsePolicy(printPolicy(policy)).rules[0]).toMatchObject({ maxWrappingTtlSeconds: 300 });
  });

  test.each<[string, Partial<PolicyRule>, PolicyConstraints, Partial<PolicyRule> | undefined]>([
    [
      "names of both are allowed",
      { allowedParameters: { A: [], b: [] } },
      { allowedParameters: { a: ["1"], c: [] } },
      { allowedParameters: { a: ["1"] } },
    ],
    [
      "a star of one lets the names of the other through",
      { allowedParameters: { "*": [], a: ["1"] } },
      { allowedParameters: { a: [], b: ["2"] } },
      { allowedParameters: { a: ["1"], b: ["2"] } },
    ],
    [
      "values of both are allowed",
      { allowedParameters: { a: ["1", "2"] } },
      { allowedParameters: { a: ["2", "3"] } },
      { allowedParameters: { a: ["2"] } },
    ],
    [
      "values of which none is in both are refused",
      { allowedParameters: { a: ["1"], "*": [] } },
      { allowedParameters: { a: ["2"], "*": [] } },
      undefined,
    ],
    [
      "names of which none is in both are refused",
      { allowedParameters: { custom_metadata: [] } },
      { allowedParameters: { data: [], options: [] } },
      undefined,
    ],
    [
      "what one of them denies is denied",
      { deniedParameters: { a: [], B: ["1"] } },
      { deniedParameters: { a: ["1"], b: ["2"], c: [] } },
      { deniedParameters: { a: [], b: ["1", "2"], c: [] } },
    ],
    [
      "what one of them wants is wanted",
      { requiredParameters: ["a", "b"] },
      { requiredParameters: ["b", "c"] },
      { requiredParameters: ["a", "b", "c"] },
    ],
  ])("add to what a rule has: %s", (_title, has, given, expected) => {
    const rule = { path: "a", capabilities: ["update"] as const, ...has };
    const constrain = () => constrainPolicy({ rules: [rule] }, given);
    if (expected === undefined)
      expect(constrain).toThrow(
        expect.objectContaining({ reason: "invalid-constraint", field: "allowedParameters" }),
      );
    else expect(constrain().rules).toEqual([{ ...rule, ...expected }]);
  });

  test.each<[string, Parameters<typeof constrainPolicy>, string]>([
    ["nothing", [writing, {}], "constraints"],
    [
      "parameters of what only reads",
      [developerPolicy(), { requiredParameters: ["a"] }],
      "constraints",
    ],
    ["no time", [writing, { wrapping: { minSeconds: Number.NaN } }], "minSeconds"],
    ["a part of a second", [writing, { wrapping: { maxSeconds: 0.5 } }], "maxSeconds"],
    [
      "times the wrong way round",
      [writing, { wrapping: { minSeconds: 9, maxSeconds: 8 } }],
      "wrapping",
    ],
  ])("refuse %s", (_title, [policy, constraints], field) => {
    expect(() => constrainPolicy(policy, constraints)).toThrow(
      expect.objectContaining({ reason: "invalid-constraint", field }),
    );
  });
});
