import { describe, expect, it } from "vitest";
import { decide, type Profile, type Shape } from "@kinko/decision";
import { neutral } from "./arbitraries.js";

const wanting: Profile = {
  ...neutral,
  secretCount: 80,
  needsDynamicSecrets: true,
  strictAudit: true,
};

function shapeOf(profile: Profile): Shape {
  const { shape } = decide({ ...wanting, ...profile });
  if (shape === null) throw new Error("the verdict is not adopt");
  return shape;
}

describe("the shape", () => {
  const patterns: readonly (readonly [Profile, string])[] = [
    [{ applicationsMayChange: false, orchestrator: "kubernetes" }, "injection-at-boot"],
    [{ applicationsMayChange: false, shortLivedHighThroughput: true }, "injection-at-boot"],
    [{ applicationsMayChange: true, orchestrator: "kubernetes" }, "agent-sidecar"],
    [{ applicationsMayChange: true, orchestrator: "nomad" }, "agent-sidecar"],
    [{ orchestrator: "kubernetes", shortLivedHighThroughput: true }, "direct-api"],
    [{ applicationsMayChange: true, orchestrator: "compose" }, "direct-api"],
    [{}, "direct-api"],
  ];

  it.each(patterns)("for %j integrates by %s, with all three patterns compared", (profile, id) => {
    const { pattern } = shapeOf(profile);
    expect(pattern.choice).toBe(id);
    expect(pattern.why.length).toBeGreaterThan(0);
    expect(pattern.tradeOffs.map((tradeOff) => tradeOff.id)).toEqual([
      "direct-api",
      "agent-sidecar",
      "injection-at-boot",
    ]);
  });

  const nodes: readonly (readonly [number, number, number])[] = [
    [0, 3, 1],
    [1, 3, 1],
    [2, 5, 2],
    [3, 5, 2],
  ];

  it.each(nodes)("to survive %i failures has %i nodes", (failures, count, tolerated) => {
    const choice = shapeOf({ toleratedNodeFailures: failures }).nodes;
    expect(choice.choice).toBe(count);
    expect(choice.toleratesFailures).toBe(tolerated);
    expect(choice.why.length).toBe(failures > 2 ? 2 : 1);
  });

  it("stores in Raft, and in Consul only where that already runs", () => {
    expect(shapeOf({}).storage.choice).toBe("raft");
    expect(shapeOf({ existingConsulStorage: true }).storage.choice).toBe("consul");
  });

  it("unseals by the first cloud's key service, by shares without one or on premises", () => {
    expect(shapeOf({ clouds: ["aws"] }).seal).toMatchObject({
      choice: "awskms",
      parameters: ["region", "kms_key_id"],
      permissions: ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"],
    });
    expect(shapeOf({ clouds: ["azure", "aws"] }).seal.choice).toBe("azurekeyvault");
    expect(shapeOf({ clouds: ["other", "gcp"] }).seal.choice).toBe("gcpckms");
    expect(shapeOf({ clouds: ["other"] }).seal.choice).toBe("shamir");
    expect(shapeOf({}).seal.assumptions).toHaveLength(1);
    const onPremises = { onPremisesOnly: true, multiCloud: true, complianceDuties: ["x"] };
    const more = { environmentCount: 9, clouds: ["aws"] } as const;
    expect(shapeOf({ ...onPremises, ...more }).seal.choice).toBe("shamir");
  });

  it("isolates by namespaces with Enterprise, else by path", () => {
    const environmentNames = ["qa", "production"];
    expect(shapeOf({ vaultEnterprise: true, environmentNames }).isolation).toMatchObject({
      choice: "namespaces",
      environments: [
        { name: "qa", place: "qa/" },
        { name: "production", place: "production/" },
      ],
    });
    expect(shapeOf({ vaultEnterprise: false, environmentNames }).isolation).toMatchObject({
      choice: "paths",
      environments: [{ place: "secret/data/qa/" }, { place: "secret/data/production/" }],
    });
  });

  it("gives batch tokens to short-lived jobs and service tokens to the rest", () => {
    expect(shapeOf({ shortLivedHighThroughput: true }).tokens.choice).toBe("batch");
    expect(shapeOf({ shortLivedHighThroughput: false }).tokens.choice).toBe("service");
    expect(shapeOf({}).tokens.assumptions).toHaveLength(1);
  });

  it("plans the least-privilege presets and the hierarchy of four", () => {
    const { policies } = shapeOf({});
    const rulesOf = (name: string) => policies.find((policy) => policy.name === name)?.rules;
    expect(rulesOf("developer")).toContainEqual({
      path: "secret/data/dev/*",
      capabilities: ["read", "list"],
    });
    expect(rulesOf("devops")).toContainEqual({
      path: "secret/data/*",
      capabilities: ["read", "list"],
    });
    expect(rulesOf("production-application")).toEqual([
      { path: "secret/data/prod/app/*", capabilities: ["read"] },
    ]);
    expect(rulesOf("global-deny")).toEqual([
      { path: "sys/*", capabilities: ["deny"] },
      { path: "auth/token/create-orphan", capabilities: ["deny"] },
    ]);
    expect(rulesOf("environment-base-staging")?.[0]?.capabilities).toEqual(["read"]);
    expect(rulesOf("service-specific-staging")?.every(({ path }) => !path.includes("*"))).toBe(
      true,
    );
    const admin = policies.find(({ preset }) => preset === "admin-override");
    expect(admin?.conditions).toEqual({ multiFactor: true, maxTtlSeconds: 3600, alertOnUse: true });
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
  });

  it("writes policies for the named environments and leaves names out that are no path segment", () => {
    const { policies, isolation } = shapeOf({
      environmentNames: ["Production", "a/../b", "qa*", "qa"],
    });
    const paths = policies.flatMap(({ rules }) => rules.map(({ path }) => path));
    expect(paths).toContain("secret/data/production/shared/*");
    expect(paths.some((path) => path.includes("..") || path.includes("qa*"))).toBe(false);
    expect(isolation.assumptions.filter((text) => text.includes("left out"))).toHaveLength(2);
  });
});

describe("the recommended alternative", () => {
  const recommended: readonly (readonly [string, Profile, string | undefined])[] = [
    [
      "of a team that environment variables suffice",
      { ...neutral, plainEnvironmentVariablesSuffice: true },
      "environment-variables",
    ],
    ["of a team on AWS", { ...neutral, clouds: ["aws"] }, "aws-secrets-manager"],
    ["of a team on Azure", { ...neutral, clouds: ["azure"] }, "azure-key-vault"],
    ["of a team on Google", { ...neutral, clouds: ["gcp"] }, "google-secret-manager"],
    [
      "of a team on premises",
      { ...neutral, onPremisesOnly: true, clouds: ["aws"] },
      "embedded-store",
    ],
    ["of a team without a known cloud", neutral, "embedded-store"],
    [
      "of a contested profile with thin operations",
      { ...neutral, strictAudit: true, limitedOperations: true },
      "managed-vault",
    ],
    [
      "of an adopting team with thin operations",
      { ...wanting, multiCloud: true, limitedOperations: true },
      "managed-vault",
    ],
    ["of an adopting team with operations", wanting, undefined],
    ["of a team about which nothing is known", {}, "embedded-store"],
  ];

  it.each(recommended)("%s", (_name, profile, id) => {
    const { alternatives } = decide(profile);
    expect(alternatives.find(({ fit }) => fit === "recommended")?.id).toBe(id);
    if (id !== undefined) expect(alternatives[0]?.id).toBe(id);
  });

  it("is never managed on premises", () => {
    const { alternatives } = decide({ ...neutral, onPremisesOnly: true, limitedOperations: true });
    expect(alternatives.map(({ id }) => id)).toEqual(["embedded-store", "environment-variables"]);
  });
});
