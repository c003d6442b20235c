import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDecision, decide, ProfileError, toJson, toMarkdown, toRecord } from "@kinko/decision";
import { neutral, profiles, rules } from "./arbitraries.js";

const date = "2026-01-31";

describe("checkDecision", () => {
  it("holds for the same profile, from an object, JSON, the short record and Markdown", () => {
    fc.assert(
      fc.property(profiles, rules, (profile, input) => {
        const decision = decide(profile, { rules: input });
        const forms = [
          decision,
          toJson(decision),
          toRecord(decision),
          toMarkdown(decision, { date }),
        ];
        for (const recorded of forms) {
          const { holds, differences, current } = checkDecision(recorded, profile);
          expect({ holds, differences }).toEqual({ holds: true, differences: [] });
          expect(current).toEqual(decision);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("reads the Markdown record also with Windows line ends", () => {
    const text = toMarkdown(decide(neutral), { date }).replaceAll("\n", "\r\n");
    expect(checkDecision(text, neutral).holds).toBe(true);
  });

  it("fails when the verdict changed, and says which criteria did", () => {
    const recorded = toJson(decide(neutral));
    const { holds, differences } = checkDecision(recorded, { ...neutral, secretCount: 51 });
    expect(holds).toBe(false);
    expect(differences).toEqual([
      {
        kind: "verdict",
        recorded: "avoid",
        current: "adopt",
        message: "the verdict was avoid and is adopt",
      },
      {
        kind: "criterion",
        criterion: "many-secrets",
        recorded: "unmet",
        current: "met",
        message: "many-secrets was unmet and is met",
      },
    ]);
  });

  it("holds, and still tells, when a criterion changed without changing the verdict", () => {
    const recorded = toJson(decide(neutral));
    const { holds, differences } = checkDecision(recorded, { ...neutral, developerCount: 4 });
    expect(holds).toBe(true);
    expect(differences.map(({ message }) => message)).toEqual(["small-team was unmet and is met"]);
  });

  it("judges by the recorded rules, and tells when others are given", () => {
    const profile = { ...neutral, strictAudit: true, limitedOperations: true };
    const decision = decide(profile, { rules: { weights: { "strict-audit": 9 } } });
    expect(decision.verdict).toBe("adopt");
    expect(checkDecision(decision, profile).holds).toBe(true);
    const other = checkDecision(decision, profile, { rules: {} });
    expect(other.holds).toBe(false);
    expect(other.differences.map(({ kind }) => kind)).toEqual(["verdict", "rules"]);
    expect(other.differences[1]?.message).toBe("weights.strict-audit was 9 and is 1");
  });

  const json = JSON.stringify(toRecord(decide(neutral)));
  const block = ["```json kinko-decision", json, "```"].join("\n");
  const rejected: readonly (readonly [string, unknown])[] = [
    ["text without a record", "# A decision\n"],
    ["text with two records", `${block}\n${block}`],
    ["a block without an end", block.slice(0, -3)],
    ["malformed JSON", "{ hunter2"],
    ["another format", json.replace("kinko.decision/1", "kinko.decision/2")],
    ["another verdict", json.replace('"verdict":"avoid"', '"verdict":"maybe"')],
    ["a missing verdict", json.replace('"verdict":"avoid",', "")],
    ["an unknown criterion", json.replace("many-secrets", "many-teapots")],
    ["broken rules", json.replace('"margin":3', '"margin":-3')],
    ["nothing", undefined],
    ["a list", []],
  ];

  it.each(rejected)("rejects %s with a typed error that quotes nothing", (_name, recorded) => {
    let thrown: unknown;
    try {
      checkDecision(recorded, neutral);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProfileError);
    expect(String(thrown)).not.toContain("hunter2");
    expect(String(thrown).endsWith((thrown as ProfileError).advice)).toBe(true);
  });
});
