import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { criterionIds, decide, defaultRules, profileFields } from "@kinko/decision";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

describe("the README", () => {
  it("prints what its example really gives", () => {
    const printed = /```text\n([^]*?)```/.exec(readme)?.[1];
    const { verdict, reasoning, criteria, sensitivity } = decide({
      secretCount: { value: 64, evidence: "64 names listed", source: "vault at secret/" },
      environmentCount: 4,
      developerCount: {
        value: 9,
        evidence: "9 authors in the last 12 months",
        source: "git history",
      },
      needsDynamicSecrets: true,
      complianceDuties: ["soc2"],
      limitedOperations: true,
      onPremisesOnly: false,
    });
    const lines = [
      verdict,
      ...reasoning,
      ...criteria.map(({ id, state }) => `${id.padEnd(30)} ${state}`),
      ...sensitivity.single.map((flip) => `${inspect(flip.suppose)} ${flip.verdict}`),
    ];
    expect(printed).toBe(`${lines.join("\n")}\n`);
  });

  it("names every criterion, threshold and default", () => {
    for (const id of criterionIds) expect(readme).toContain(`\`${id}\``);
    for (const key of Object.keys(defaultRules.thresholds)) expect(readme).toContain(`\`${key}\``);
    expect(readme).toContain(`the margin (${defaultRules.margin} by default)`);
    const named = profileFields.filter((field) => readme.includes(`\`${field}\``));
    expect(named).toEqual(profileFields);
  });
});
