import { describe, expect, it } from "vitest";
import { type CriterionId, decide, type Profile } from "@kinko/decision";
import { neutral } from "./arbitraries.js";

function stateOf(profile: Profile, id: CriterionId, rules = {}) {
  return decide(profile, { rules }).criteria.find((criterion) => criterion.id === id)?.state;
}

const table: readonly (readonly [CriterionId, Profile, "met" | "unmet" | "unknown"])[] = [
  ["many-secrets", { secretCount: 0 }, "unmet"],
  ["many-secrets", { secretCount: 49 }, "unmet"],
  ["many-secrets", { secretCount: 50 }, "unmet"],
  ["many-secrets", { secretCount: 51 }, "met"],
  ["many-secrets", {}, "unknown"],
  ["many-secrets", { secretCount: null }, "unknown"],
  ["many-secrets", { secretCount: { value: null, source: "scan" } }, "unknown"],
  ["few-secrets", { secretCount: 0 }, "met"],
  ["few-secrets", { secretCount: 19 }, "met"],
  ["few-secrets", { secretCount: 20 }, "unmet"],
  ["few-secrets", { secretCount: 21 }, "unmet"],
  ["many-environments", { environmentCount: 4 }, "unmet"],
  ["many-environments", { environmentCount: 5 }, "met"],
  ["many-environments", { environmentCount: 6 }, "met"],
  ["many-environments", { environmentNames: ["a", "b", "c", "d", "e"] }, "met"],
  ["many-environments", { environmentNames: ["a", "b", "c", "d", "A"] }, "unmet"],
  [
    "many-environments",
    { environmentCount: 4, environmentNames: ["a", "b", "c", "d", "e"] },
    "unmet",
  ],
  ["small-team", { developerCount: 4 }, "met"],
  ["small-team", { developerCount: 5 }, "unmet"],
  ["small-team", { developerCount: 6 }, "unmet"],
  ["dynamic-secrets", { needsDynamicSecrets: true }, "met"],
  ["dynamic-secrets", { needsDynamicSecrets: false }, "unmet"],
  ["strict-audit", { strictAudit: true }, "met"],
  ["strict-audit", { strictAudit: false }, "unmet"],
  ["multi-cloud", { multiCloud: true }, "met"],
  ["multi-cloud", { multiCloud: false }, "unmet"],
  ["multi-cloud", { multiCloud: false, clouds: ["aws", "gcp"] }, "unmet"],
  ["multi-cloud", { clouds: ["aws", "gcp"] }, "met"],
  ["multi-cloud", { clouds: ["aws"] }, "unknown"],
  ["multi-cloud", { clouds: ["aws", "aws"] }, "unknown"],
  ["compliance-duties", { complianceDuties: [] }, "unmet"],
  ["compliance-duties", { complianceDuties: ["hipaa"] }, "met"],
  ["environment-variables-suffice", { plainEnvironmentVariablesSuffice: true }, "met"],
  ["environment-variables-suffice", { plainEnvironmentVariablesSuffice: false }, "unmet"],
  ["limited-operations", { limitedOperations: true }, "met"],
  ["limited-operations", { operationsHoursPerWeek: 7.9 }, "met"],
  ["limited-operations", { operationsHoursPerWeek: 8 }, "unmet"],
  ["limited-operations", { operationsPeople: 1.5 }, "met"],
  ["limited-operations", { operationsPeople: 2 }, "unmet"],
  ["limited-operations", { operationsHoursPerWeek: 40, operationsPeople: 1 }, "unmet"],
  ["limited-operations", { limitedOperations: false, operationsHoursPerWeek: 0 }, "unmet"],
  ["on-premises-only", { onPremisesOnly: true }, "met"],
  ["on-premises-only", { onPremisesOnly: false }, "unmet"],
];

describe("criteria", () => {
  it.each(table)("%s with %j is %s", (id, profile, state) => {
    expect(stateOf(profile, id)).toBe(state);
  });

  it("move with their thresholds, and stay exact there", () => {
    const rules = { thresholds: { moreThanSecrets: 9, fewerThanSecrets: 10 } };
    expect(stateOf({ secretCount: 9 }, "many-secrets", rules)).toBe("unmet");
    expect(stateOf({ secretCount: 10 }, "many-secrets", rules)).toBe("met");
    expect(stateOf({ secretCount: 9 }, "few-secrets", rules)).toBe("met");
    expect(stateOf({ secretCount: 10 }, "few-secrets", rules)).toBe("unmet");
  });

  it("carry the evidence and the source of the answer they look at", () => {
    const answer = { value: 60, evidence: "60 names in 3 files", source: ".env files" };
    const { criteria } = decide({ secretCount: answer, strictAudit: true });
    const secrets = criteria.filter((criterion) => criterion.answer === "secretCount");
    expect(secrets).toHaveLength(2);
    for (const { observed, evidence, source } of secrets) {
      expect({ value: observed, evidence, source }).toEqual(answer);
    }
    const audit = criteria.find((criterion) => criterion.id === "strict-audit");
    expect(audit).toMatchObject({ observed: true, evidence: null, source: "profile" });
  });
});

describe("verdict", () => {
  const all: Profile = {
    secretCount: 51,
    environmentCount: 5,
    needsDynamicSecrets: true,
    strictAudit: true,
    multiCloud: true,
    complianceDuties: ["soc2"],
  };
  const against: Profile = {
    developerCount: 4,
    secretCount: 19,
    plainEnvironmentVariablesSuffice: true,
    limitedOperations: true,
    onPremisesOnly: true,
  };
  const first = (profile: Profile, count: number): Profile =>
    Object.fromEntries(Object.entries(profile).slice(0, count));
  const towards = (count: number) => first(all, count);
  const away = (count: number) => {
    const others = Object.entries(against).filter(([field]) => field !== "secretCount");
    return first(Object.fromEntries(others), count);
  };
  const cases: readonly (readonly [string, Profile, string, string])[] = [
    ["every adopt criterion alone", { ...neutral, ...all }, "adopt", "unopposed"],
    ["every avoid criterion alone", { ...neutral, ...against }, "avoid", "nothing-asks"],
    ["no criterion at all", neutral, "avoid", "nothing-asks"],
    ["one adopt criterion, unopposed", { ...neutral, secretCount: 51 }, "adopt", "unopposed"],
    [
      "one against one",
      { ...neutral, strictAudit: true, limitedOperations: true },
      "contested",
      "no-side-leads",
    ],
    [
      "three against one, short of the margin",
      { ...neutral, ...towards(3), limitedOperations: true },
      "contested",
      "no-side-leads",
    ],
    [
      "four against one, at the margin",
      { ...neutral, ...towards(4), limitedOperations: true },
      "adopt",
      "adopt-leads",
    ],
    [
      "one against three, short of the margin",
      { ...neutral, strictAudit: true, ...away(3) },
      "contested",
      "no-side-leads",
    ],
    [
      "one against four, at the margin",
      { ...neutral, strictAudit: true, ...away(4) },
      "avoid",
      "avoid-leads",
    ],
    [
      "everything met that can be",
      { ...all, ...against, secretCount: 51 },
      "contested",
      "no-side-leads",
    ],
  ];

  it.each(cases)("%s", (_name, profile, verdict, clause) => {
    const decision = decide(profile);
    expect(decision.verdict).toBe(verdict);
    expect(decision.arithmetic.asKnown.clause).toBe(clause);
    expect(decision.firm).toBe(true);
  });

  it("says insufficient-data when nothing is known", () => {
    const decision = decide({});
    expect(decision.verdict).toBe("insufficient-data");
    expect(decision.criteria.map(({ state }) => state)).toEqual(Array(11).fill("unknown"));
    expect(decision.firm).toBe(false);
    expect(decision.shape).toBeNull();
  });

  it("is given as soon as the unknown answers no longer span both ends", () => {
    const known = { secretCount: 60 };
    expect(decide(known).verdict).toBe("insufficient-data");
    const decision = decide({ ...known, environmentCount: 5 });
    expect(decision.verdict).toBe("adopt");
    expect(decision.firm).toBe(false);
    expect(decision.arithmetic.worstCase).toMatchObject({
      adopt: 2,
      avoid: 4,
      verdict: "contested",
    });
  });

  it("follows weights and margin, whose figures stand in the decision", () => {
    const profile = { ...neutral, strictAudit: true, limitedOperations: true };
    const rules = { weights: { "limited-operations": 4 }, margin: 3 };
    const decision = decide(profile, { rules });
    expect(decision.verdict).toBe("avoid");
    expect(decision.arithmetic.asKnown).toMatchObject({ adopt: 1, avoid: 4 });
    expect(decision.rules.weights["limited-operations"]).toBe(4);
    expect(decide(profile, { rules: { ...rules, margin: 4 } }).verdict).toBe("contested");
  });

  it("lists answers that do not fit together without changing the verdict", () => {
    const decision = decide({ ...neutral, onPremisesOnly: true, clouds: ["aws", "gcp"] });
    expect(decision.contradictions).toEqual([
      "onPremisesOnly is yes, but clouds names aws, gcp",
      "multiCloud is no, but clouds names aws, gcp",
    ]);
    expect(decision.verdict).toBe("avoid");
  });
});
