import { isSecretError } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  adminOverrideLayer,
  compilePolicies,
  composeLayers,
  environmentBaseLayer,
  globalDenyLayer,
  serviceLayer,
  type PolicyLayer,
  type PolicyRule,
} from "../../../src/policies/index.js";

const deny = globalDenyLayer();
const base = environmentBaseLayer({ environment: "production" });
const service = serviceLayer({
  environment: "production",
  service: "payments",
  secrets: [
    { path: "db", operations: ["get", "put"] },
    { path: "audit", operations: ["put"] },
  ],
});
const override = adminOverrideLayer({
  environment: "production",
  mfaMethods: ["totp"],
  paths: [
    { path: "sys/policies/acl/*", capabilities: ["read"] },
    { path: "sys/health", capabilities: ["read"] },
  ],
});

function layer(level: PolicyLayer["level"], ...rules: readonly PolicyRule[]): PolicyLayer {
  return { level, name: `own-${level}`, policy: { rules } };
}

describe("layers of one token", () => {
  test("come in the order of their levels, whatever order they are given in", () => {
    const { policies } = composeLayers([override, service, base, deny]);
    expect(policies.map(({ name }) => name)).toEqual([
      "global-deny",
      "production-base",
      "production-payments",
      "production-admin-override",
    ]);
  });

  test.each<[string, readonly PolicyLayer[], string, "read" | "update" | "create", boolean]>([
    ["read the environment", [deny, base], "secret/data/production/x", "read", true],
    ["do not read another", [deny, base], "secret/data/staging/x", "read", false],
    ["do not write without a service", [deny, base], "secret/data/production/x", "update", false],
    [
      "write a service's exact path",
      [deny, base, service],
      "secret/data/production/payments/db",
      "update",
      true,
    ],
    [
      "do not write beside it",
      [deny, base, service],
      "secret/data/production/payments/db2",
      "update",
      false,
    ],
    ["do not read sys", [deny, base, service], "sys/policies/acl/x", "read", false],
    ["do not make orphans", [deny, base, service], "auth/token/create-orphan", "update", false],
    ["read sys with the override", [deny, base, override], "sys/policies/acl/x", "read", true],
    [
      "read no other part of sys with it",
      [deny, base, override],
      "sys/policies/egp/x",
      "read",
      false,
    ],
    [
      "make no orphans with it either",
      [deny, base, override],
      "auth/token/create-orphan",
      "update",
      false,
    ],
  ])("%s", (_title, layers, path, operation, allowed) => {
    const compiled = compilePolicies(composeLayers(layers).policies);
    expect(compiled.can({ operation, path }).allowed).toBe(allowed);
  });

  test("say where a narrower rule takes a wider one's place, and where the override opens", () => {
    expect(composeLayers([deny, base, service, override]).overlaps).toEqual([
      {
        path: "secret/data/production/payments/db",
        decides: "production-payments",
        yields: "production-admin-override",
        lost: ["delete"],
      },
      {
        path: "secret/data/production/payments/audit",
        decides: "production-payments",
        yields: "production-base",
        lost: ["read"],
      },
      {
        path: "secret/data/production/payments/audit",
        decides: "production-payments",
        yields: "production-admin-override",
        lost: ["delete", "read"],
      },
      {
        path: "sys/policies/acl/*",
        decides: "production-admin-override",
        yields: "global-deny",
        lost: ["deny"],
      },
      {
        path: "sys/health",
        decides: "production-admin-override",
        yields: "global-deny",
        lost: ["deny"],
      },
    ]);
  });
});

describe("a layer below the override is refused", () => {
  test.each<[string, PolicyLayer["level"], string]>([
    ["for an exact path below a denied glob", "service", "sys/health"],
    ["for a narrower glob", "environment-base", "sys/policies/*"],
    ["for a segment wildcard that is narrower", "service", "sys/policies/+/x"],
    ["for a wildcard that meets the denied glob", "service", "sys/+"],
    ["for a template below it", "service", "sys/{{identity.entity.id}}/x"],
  ])("%s", (_title, level, path) => {
    const opening = layer(level, { path, capabilities: ["read"] });
    expect(() => composeLayers([deny, base, opening])).toThrow(
      expect.objectContaining({ reason: "layer-opens-denied", field: path }),
    );
  });

  test.each<[string, string, readonly PolicyRule["capabilities"][number][]]>([
    ["it is wider, as the denial wins", "s*", ["read"]],
    ["a wildcard comes before the denial's", "+/health", ["read"]],
    ["it is the denied path itself, as deny wins", "sys/*", ["read"]],
    ["it denies as well", "sys/health", ["deny"]],
    ["it grants nothing", "sys/health", []],
    ["it is beside it", "system/x", ["read"]],
  ])("not where %s", (_title, path, capabilities) => {
    const harmless = layer("service", { path, capabilities });
    const { policies } = composeLayers([deny, harmless]);
    expect(compilePolicies(policies).capabilities("sys/health")).toEqual(["deny"]);
  });

  test("where its name is another's", () => {
    expect(() => composeLayers([deny, globalDenyLayer({ also: ["identity"] })])).toThrow(
      expect.objectContaining({ reason: "duplicate-layer", field: "global-deny" }),
    );
  });
});

describe("of any rules", () => {
  const segment = fc.constantFrom("sys", "auth", "a", "ab", "+", "");
  const path = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "*", "/*"))
    .map(([parts, end]) => parts.join("/") + end)
    .filter((text) => !text.includes("+*"));
  const denied = fc.array(path, { minLength: 1, maxLength: 3 });
  const granted = fc.array(
    fc.record({
      path,
      capabilities: fc.constantFrom<PolicyRule["capabilities"][]>(["read"], ["list"], ["deny"]),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const asked = fc
    .array(fc.constantFrom("sys", "auth", "a", "ab", "abc", "x"), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("/"));

  test("what the global layer denies stays denied under layers that are put together", () => {
    let refused = 0;
    let held = 0;
    fc.assert(
      fc.property(denied, granted, fc.array(asked, { minLength: 8 }), (paths, rules, many) => {
        const global = layer(
          "global-deny",
          ...paths.map((one): PolicyRule => ({ path: one, capabilities: ["deny"] })),
        );
        const lower = layer("service", ...rules);
        try {
          const all = compilePolicies(composeLayers([global, lower]).policies);
          const alone = compilePolicies([global]);
          for (const one of many) {
            if (alone.ruleFor(one, false) === undefined) continue;
            held += 1;
            expect([one, all.can({ operation: "read", path: one }).allowed]).toEqual([one, false]);
          }
        } catch (error) {
          if (!isSecretError(error, "InvalidValue")) throw error;
          refused += 1;
        }
      }),
      { numRuns: 1_500 },
    );
    expect(Math.min(refused, held)).toBeGreaterThan(100);
  });
});
