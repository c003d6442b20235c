import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adoptCriterionIds,
  avoidCriterionIds,
  type CriterionAnswer,
  criterionIds,
  decide,
  judge,
  parseRules,
  type Profile,
  rankOf,
  toJson,
} from "@kinko/decision";
import { outcomesOf } from "../src/verdict/outcomes.js";
import { adoptAnswers, avoidAnswers, profiles, rules, states } from "./arbitraries.js";

const example = (answer: CriterionAnswer, value: unknown): Profile => ({ [answer]: value });

/** Fills every unknown answer of a profile with one of its outcomes, chosen by `pick`. */
function complete(
  profile: Profile,
  unknown: readonly CriterionAnswer[],
  pick: number,
  input: object,
) {
  const resolved = parseRules(input);
  return unknown.reduce<Profile>((filled, answer, index) => {
    const outcomes = outcomesOf(answer, resolved);
    const outcome = outcomes[(pick >> index) % outcomes.length];
    return { ...filled, ...example(answer, outcome?.example) };
  }, profile);
}

describe("the verdict is monotone", () => {
  it("one more adopt criterion met never moves it away from adopt, for states and rules at random", () => {
    fc.assert(
      fc.property(states, rules, fc.constantFrom(...adoptCriterionIds), (before, input, id) => {
        const resolved = parseRules(input);
        const after = judge({ ...before, [id]: "met" }, resolved);
        expect(rankOf(after.verdict)).toBeGreaterThanOrEqual(
          rankOf(judge(before, resolved).verdict),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("one more avoid criterion met never moves it towards adopt, for states and rules at random", () => {
    fc.assert(
      fc.property(states, rules, fc.constantFrom(...avoidCriterionIds), (before, input, id) => {
        const resolved = parseRules(input);
        const after = judge({ ...before, [id]: "met" }, resolved);
        expect(rankOf(after.verdict)).toBeLessThanOrEqual(rankOf(judge(before, resolved).verdict));
      }),
      { numRuns: 2000 },
    );
  });

  it("the same holds for whole profiles, where one answer may feed two criteria", () => {
    fc.assert(
      fc.property(
        profiles,
        rules,
        fc.constantFrom(...adoptAnswers),
        fc.constantFrom(...avoidAnswers),
        (profile, input, [, towards], [, away]) => {
          const options = { rules: input };
          const rank = rankOf(decide(profile, options).verdict);
          expect(
            rankOf(decide({ ...profile, ...towards }, options).verdict),
          ).toBeGreaterThanOrEqual(rank);
          expect(rankOf(decide({ ...profile, ...away }, options).verdict)).toBeLessThanOrEqual(
            rank,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("learning that a criterion is unmet changes nothing but insufficient-data", () => {
    fc.assert(
      fc.property(states, rules, fc.constantFrom(...criterionIds), (before, input, id) => {
        fc.pre(before[id] === "unknown");
        const resolved = parseRules(input);
        const { verdict } = judge(before, resolved);
        fc.pre(verdict !== "insufficient-data");
        expect(judge({ ...before, [id]: "unmet" }, resolved).verdict).toBe(verdict);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("sensitivity tells the truth", () => {
  it("an answer that it says cannot flip the verdict does not, and one that can does", () => {
    fc.assert(
      fc.property(profiles, rules, (profile, input) => {
        const options = { rules: input };
        const resolved = parseRules(input);
        const { verdict, sensitivity } = decide(profile, options);
        for (const answer of sensitivity.unknown) {
          for (const { example: value, label } of outcomesOf(answer, resolved)) {
            const filled = decide({ ...profile, ...example(answer, value) }, options).verdict;
            const flip = sensitivity.single.find(({ suppose }) => {
              return suppose[0]?.answer === answer && suppose[0].outcome === label;
            });
            expect(filled).toBe(flip?.verdict ?? verdict);
            if (sensitivity.cannotFlipAlone.includes(answer)) expect(filled).toBe(verdict);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("a firm verdict survives every completion, and no completion is insufficient-data", () => {
    fc.assert(
      fc.property(profiles, rules, fc.nat(1_000_000), (profile, input, pick) => {
        const options = { rules: input };
        const { verdict, firm, sensitivity } = decide(profile, options);
        const filled = decide(complete(profile, sensitivity.unknown, pick, input), options);
        expect(filled.sensitivity.unknown).toEqual([]);
        expect(filled.firm).toBe(true);
        expect(filled.verdict).not.toBe("insufficient-data");
        if (firm) expect(filled.verdict).toBe(verdict);
        if (verdict === "adopt") expect(filled.verdict).not.toBe("avoid");
        if (verdict === "avoid") expect(filled.verdict).not.toBe("adopt");
      }),
      { numRuns: 300 },
    );
  });

  it("a verdict that is not firm is changed by some answer, alone or with others", () => {
    fc.assert(
      fc.property(profiles, rules, (profile, input) => {
        const { firm, sensitivity } = decide(profile, { rules: input });
        const changes = sensitivity.single.length + sensitivity.combinations.length;
        expect(changes > 0).toBe(!firm);
      }),
      { numRuns: 300 },
    );
  });

  it("a combination leads where it says, and no smaller part of it does", () => {
    fc.assert(
      fc.property(profiles, rules, (profile, input) => {
        const options = { rules: input };
        const resolved = parseRules(input);
        const { sensitivity } = decide(profile, options);
        for (const { suppose, verdict } of sensitivity.combinations) {
          const fill = (part: typeof suppose) =>
            part.reduce<Profile>((filled, { answer, outcome }) => {
              const found = outcomesOf(answer, resolved).find(({ label }) => label === outcome);
              return { ...filled, ...example(answer, found?.example) };
            }, profile);
          expect(decide(fill(suppose), options).verdict).toBe(verdict);
          for (const left of suppose) {
            const part = suppose.filter((supposition) => supposition !== left);
            expect(decide(fill(part), options).verdict).not.toBe(verdict);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("decide", () => {
  it("gives every valid profile a verdict with all eleven criteria in order, and a shape for adopt alone", () => {
    fc.assert(
      fc.property(profiles, rules, (profile, input) => {
        const decision = decide(profile, { rules: input });
        expect(decision.criteria.map(({ id }) => id)).toEqual(criterionIds);
        expect(["adopt", "avoid", "contested", "insufficient-data"]).toContain(decision.verdict);
        expect(decision.shape === null).toBe(decision.verdict !== "adopt");
        expect(decision.alternatives.length).toBeGreaterThan(0);
        const recommended = decision.alternatives.filter(({ fit }) => fit === "recommended");
        expect(recommended.length).toBeLessThanOrEqual(1);
        if (decision.verdict !== "adopt") expect(recommended).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same bytes for the same profile, however its keys are ordered, and leaves it alone", () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const before = JSON.stringify(profile);
        const shuffled = Object.fromEntries(Object.entries(profile).toReversed()) as Profile;
        expect(toJson(decide(shuffled))).toBe(toJson(decide(profile)));
        expect(JSON.stringify(profile)).toBe(before);
      }),
      { numRuns: 100 },
    );
  });
});
