import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defaultRules,
  mergeProfiles,
  parseAnswerText,
  parseProfile,
  parseRules,
  ProfileError,
  profileFields,
  profileJsonSchema,
  questions,
} from "@kinko/decision";
import { profiles } from "./arbitraries.js";

type Rejection = readonly [
  name: string,
  input: unknown,
  path: string[],
  message: RegExp,
  suggestion?: string,
];

function errorOf(action: () => unknown): ProfileError {
  try {
    action();
  } catch (error) {
    if (error instanceof ProfileError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseProfile", () => {
  it("accepts plain, null, absent and evidenced answers, and drops $schema", () => {
    const input = {
      $schema: "./profile.schema.json",
      secretCount: 12,
      strictAudit: null,
      clouds: { value: ["aws"], source: "scan" },
      multiCloud: { value: null, evidence: null },
    };
    const { $schema: schema, ...answers } = input;
    expect(schema).toBe("./profile.schema.json");
    expect(parseProfile(input)).toEqual(answers);
  });

  it("accepts every profile of the type", () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        expect(parseProfile(profile)).toEqual(profile);
      }),
      { numRuns: 100 },
    );
  });

  const rejected: readonly Rejection[] = [
    ["a misspelt key", { secretcount: 1 }, ["secretcount"], /unknown key/, "secretCount"],
    ["a key near to nothing", { teapots: 1 }, ["teapots"], /known keys are secretCount/],
    ["a half key", { developer: 1 }, ["developer"], /unknown key/, "developerCount"],
    ["a key of the prototype", JSON.parse('{"__proto__": 1}'), ["__proto__"], /unknown key/],
    ["a number as text", { secretCount: "60" }, ["secretCount"], /whole number/],
    ["a negative count", { secretCount: -1 }, ["secretCount"], /0 or more/],
    ["a broken count", { developerCount: 2.5 }, ["developerCount"], /whole number/],
    ["not a number", { secretCount: Number.NaN }, ["secretCount"], /whole number/],
    [
      "an endless amount",
      { operationsPeople: Number.POSITIVE_INFINITY },
      ["operationsPeople"],
      /finite/,
    ],
    ["yes as text", { strictAudit: "yes" }, ["strictAudit"], /true or false/],
    ["a list as text", { complianceDuties: "soc2" }, ["complianceDuties"], /list/],
    ["none as an entry", { complianceDuties: ["None"] }, ["complianceDuties", "0"], /empty list/],
    ["an empty entry", { environmentNames: [" "] }, ["environmentNames", "0"], /empty/],
    ["a cloud in capitals", { clouds: ["AWS"] }, ["clouds", "0"], /one of aws/, "aws"],
    ["a foreign orchestrator", { orchestrator: "swarm" }, ["orchestrator"], /one of kubernetes/],
    [
      "evidence without value",
      { secretCount: { source: "x" } },
      ["secretCount", "value"],
      /missing/,
    ],
    [
      "a wrong evidence key",
      { secretCount: { value: 1, sources: "x" } },
      ["secretCount", "sources"],
      /unknown/,
      "source",
    ],
    [
      "evidence over two lines",
      { secretCount: { value: 1, evidence: "a\nb" } },
      ["secretCount", "evidence"],
      /line breaks/,
    ],
    [
      "a wrong value under evidence",
      { secretCount: { value: "1" } },
      ["secretCount", "value"],
      /whole number/,
    ],
    ["a list for a profile", [], [], /object/],
    ["nothing for a profile", null, [], /object/],
  ];

  for (const [name, input, path, message, suggestion] of rejected) {
    it(`rejects ${name}, naming the place`, () => {
      const error = errorOf(() => parseProfile(input));
      expect(error.code).toBe("InvalidValue");
      expect(error.issues).toHaveLength(1);
      expect(error.issues[0]?.path).toEqual(path);
      expect(error.issues[0]?.message).toMatch(message);
      expect(error.issues[0]?.suggestion).toBe(suggestion);
    });
  }

  it("lists every issue at once and quotes no value", () => {
    const input = { secretCount: "hunter2", strictAudit: "hunter2", clouds: ["hunter2"] };
    const error = errorOf(() => parseProfile(input));
    expect(error.issues.map(({ path }) => path[0])).toEqual([
      "secretCount",
      "strictAudit",
      "clouds",
    ]);
    expect(error.message).not.toContain("hunter2");
    expect(error.message).toContain("3 problems");
  });
});

describe("mergeProfiles", () => {
  it("lets the last profile that knows an answer win, with its evidence", () => {
    const scanned = {
      secretCount: { value: 12, evidence: "12 names", source: "scan" },
      developerCount: { value: 3, source: "git history" },
    };
    const merged = mergeProfiles(scanned, { secretCount: 60, developerCount: null });
    expect(merged.secretCount).toMatchObject({ value: 60, evidence: null });
    expect(merged.developerCount).toMatchObject({ value: 3, source: "git history" });
  });

  it("gives a profile that parses again", () => {
    fc.assert(
      fc.property(profiles, profiles, (left, right) => {
        const merged = mergeProfiles(left, right);
        expect(parseProfile(merged)).toEqual(merged);
      }),
      { numRuns: 50 },
    );
  });
});

describe("parseRules", () => {
  it("fills in the defaults of the documentation", () => {
    expect(parseRules({})).toEqual(defaultRules);
    expect(parseRules({ margin: 1 }).thresholds.moreThanSecrets).toBe(50);
  });

  const rejected: readonly (readonly [string, unknown, string[], string?])[] = [
    [
      "an unknown criterion",
      { weights: { "many-secret": 1 } },
      ["weights", "many-secret"],
      "many-secrets",
    ],
    ["an unknown threshold", { thresholds: { secrets: 1 } }, ["thresholds", "secrets"]],
    ["a negative weight", { weights: { "many-secrets": -1 } }, ["weights", "many-secrets"]],
    ["a broken weight", { weights: { "many-secrets": 0.5 } }, ["weights", "many-secrets"]],
    ["no margin", { margin: 0 }, ["margin"]],
    ["a list for rules", [], []],
    ["a list for weights", { weights: [] }, ["weights"]],
    [
      "a threshold that asks nothing",
      { thresholds: { fewerThanSecrets: 0 } },
      ["thresholds", "fewerThanSecrets"],
    ],
    [
      "a number of secrets that speaks for both sides",
      { thresholds: { moreThanSecrets: 10, fewerThanSecrets: 12 } },
      ["thresholds", "fewerThanSecrets"],
    ],
    [
      "a side without weight",
      {
        weights: {
          "small-team": 0,
          "few-secrets": 0,
          "environment-variables-suffice": 0,
          "limited-operations": 0,
          "on-premises-only": 0,
        },
      },
      ["weights"],
    ],
  ];

  it.each(rejected)("rejects %s", (_name, input, path, suggestion) => {
    const error = errorOf(() => parseRules(input));
    expect(error.subject).toBe("rules");
    expect(error.issues[0]?.path).toEqual(path);
    expect(error.issues[0]?.suggestion).toBe(suggestion);
  });
});

describe("questions", () => {
  it("ask for every answer that a criterion looks at, each once", () => {
    const asked = questions.map(({ id }) => id);
    expect(new Set(asked).size).toBe(asked.length);
    const covered = questions.flatMap(({ criteria }) => criteria).toSorted();
    expect(covered).toEqual(Object.keys(defaultRules.weights).toSorted());
    for (const field of asked) expect(profileFields).toContain(field);
  });

  const read: readonly (readonly [Parameters<typeof parseAnswerText>[0], string, unknown])[] = [
    ["secretCount", " 60 ", 60],
    ["secretCount", "", null],
    ["secretCount", "unknown", null],
    ["strictAudit", "Y", true],
    ["strictAudit", "no", false],
    ["complianceDuties", "soc2, hipaa", ["soc2", "hipaa"]],
    ["complianceDuties", "none", []],
    ["clouds", "aws,gcp", ["aws", "gcp"]],
    ["orchestrator", "Kubernetes", "kubernetes"],
    ["orchestrator", "none", "none"],
    ["operationsHoursPerWeek", "7.5", 7.5],
  ];

  it.each(read)("reads %s from %j", (field, text, value) => {
    expect(parseAnswerText(field, text)).toEqual(value);
  });

  const refused: readonly (readonly [Parameters<typeof parseAnswerText>[0], string])[] = [
    ["secretCount", "many"],
    ["secretCount", "-1"],
    ["secretCount", "1e3"],
    ["secretCount", "2.5"],
    ["strictAudit", "maybe"],
    ["clouds", "aws,ibm"],
    ["orchestrator", "swarm"],
  ];

  it.each(refused)("refuses %s from %j, naming the answer", (field, text) => {
    const error = errorOf(() => parseAnswerText(field, text));
    expect(error.subject).toBe("answer");
    expect(error.issues[0]?.path[0]).toBe(field);
  });
});

describe("parseAnswerText", () => {
  it("refuses a field that is not known, with the nearest one", () => {
    const field: string = "secretCounts";
    const error = errorOf(() => parseAnswerText(field as (typeof profileFields)[number], "1"));
    expect(error.issues).toEqual([
      { path: ["secretCounts"], message: "unknown key", suggestion: "secretCount" },
    ]);
  });
});

describe("profileJsonSchema", () => {
  it("describes every answer and allows no other key", async () => {
    const schema = await profileJsonSchema();
    const { properties, additionalProperties } = schema as {
      properties: Record<string, unknown>;
      additionalProperties: boolean;
    };
    expect(Object.keys(properties).toSorted()).toEqual(["$schema", ...profileFields].toSorted());
    expect(additionalProperties).toBe(false);
  });
});
