import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDecision, decide, type Profile, toHtml, toMarkdown } from "@kinko/decision";
import { escapeMarkdown } from "../src/render/markdown.js";
import { neutral, profiles } from "./arbitraries.js";

const date = "2026-01-31";
const hostile = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</style></script></title>",
  "a | b | c",
  "``` ` ~~~",
  "[link](javascript:alert(1)) ![x](y)",
  "&lt;b&gt; & 'quotes'",
];

function hostileProfile(text: string): Profile {
  return {
    ...neutral,
    secretCount: { value: 60, evidence: text, source: text },
    complianceDuties: { value: [text], evidence: text, source: text },
    environmentNames: [text],
  };
}

describe("toMarkdown", () => {
  const adopted = toMarkdown(decide({ ...neutral, secretCount: 51 }), { date, status: "accepted" });

  it("has the sections of a decision record, in order, with the date it was given", () => {
    const headings = adopted.split("\n").filter((line) => line.startsWith("#"));
    expect(headings).toEqual([
      "# Whether to run HashiCorp Vault",
      "## Context",
      "## Decision",
      "## Shape",
      "## Consequences",
      "## Sensitivity",
      "## Alternatives",
      "## How to run it again",
    ]);
    expect(adopted).toContain("- Status: accepted\n- Date: 2026-01-31\n- Verdict: **Adopt**");
    expect(adopted.endsWith("```\n")).toBe(true);
  });

  it("has a row of seven cells for each of the eleven criteria", () => {
    const rows = adopted.split("\n").filter((line) => /^\| (adopt|avoid) \|/.test(line));
    expect(rows).toHaveLength(11);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(9);
  });

  it.each(hostile)("keeps %j from becoming markup, and still carries its record", (text) => {
    const profile = hostileProfile(text);
    const markdown = toMarkdown(decide(profile), {
      date,
      title: text,
      status: text,
      context: text,
    });
    const prose = markdown.slice(0, markdown.indexOf("```json kinko-decision"));
    expect(prose).not.toMatch(/<(?:script|img|\/style|b>)/i);
    expect(prose).not.toMatch(/(?<!\\)\[link/);
    const rows = prose.split("\n").filter((line) => /^\| (adopt|avoid) \|/.test(line));
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(9);
    expect(checkDecision(markdown, profile).holds).toBe(true);
  });

  it("escapes any text to one line that opens no markup", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[\n\r<>]/);
        expect(escaped.replaceAll(/\\./g, "")).not.toMatch(/[`*_[\]|~]/);
      }),
    );
  });
});

describe("toHtml", () => {
  it("loads nothing and allows only its own style and script to run", () => {
    const html = toHtml(decide({ ...neutral, secretCount: 51 }), { date });
    expect(html).not.toMatch(/(?:src|href)\s*=|@import|url\((?!#)/);
    for (const [tag, directive] of [
      ["style", "style-src"],
      ["script", "script-src"],
    ]) {
      const content = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? "";
      const hash = createHash("sha256").update(content).digest("base64");
      expect(html).toContain(`${directive} 'sha256-${hash}'`);
    }
  });

  it("names the drawing, the tables and the page for a screen reader", () => {
    const html = toHtml(decide(neutral), { date, title: "Our vault" });
    expect(html).toContain('<html lang="en">');
    expect(html).toContain("<title>Our vault</title>");
    expect(html).toMatch(/<svg [^>]*role="img" aria-labelledby="chart-title chart-desc"/);
    expect(html).toContain(
      "For Vault: 0 met, 0 unknown, 6 unmet. Against Vault: 0 met, 0 unknown, 5 unmet.",
    );
    const tables = html.match(/<table/g) ?? [];
    expect(html.match(/<caption>/g)).toHaveLength(tables.length);
    expect(html.match(/<th scope="row">/g)?.length).toBeGreaterThanOrEqual(14);
  });

  it.each(hostile)("shows %j as text", (text) => {
    const html = toHtml(decide(hostileProfile(text)), {
      date,
      title: text,
      status: text,
      context: text,
    });
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img|<b>/);
    expect(html.match(/<title/g)?.length).toBe(html.match(/<\/title>/g)?.length);
  });

  it("draws and writes every profile without a hole", () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const decision = decide(profile);
        const html = toHtml(decision, { date });
        const markdown = toMarkdown(decision, { date });
        for (const text of [html, markdown]) expect(text).not.toMatch(/undefined|NaN|\[object/);
      }),
      { numRuns: 50 },
    );
  });
});
