import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { attributes, metrics, spanEvents } from "../../packages/core/src/telemetry/names.js";

const page = readFileSync(new URL("../telemetry.md", import.meta.url), "utf8");

test("the page has every metric as it is made, and no other", () => {
  const rows = page
    .split("\n")
    .filter((line) => /^\| `kinko\.[\w.]+` \| (?:counter|histogram|gauge) /u.test(line));
  const expected = Object.entries(metrics).map(([name, { kind, unit, labels, description }]) => {
    const named = (labels as readonly (keyof typeof attributes)[]).map(
      (label) => `\`${attributes[label]}\``,
    );
    return `| \`${name}\` | ${kind} | \`${unit}\` |${named.length === 0 ? "" : ` ${named.join(", ")}`} | ${description} |`;
  });
  expect(rows).toEqual(expected);
});

test("the page has every attribute and event, and no other", () => {
  const written = new Set(
    [...page.matchAll(/`(?<name>kinko\.[\w.]+)`/gu)].map((match) => match.groups?.["name"]),
  );
  const known = new Set<string | undefined>([
    ...Object.values(attributes),
    ...Object.values(spanEvents),
    ...Object.keys(metrics),
    "kinko.other",
  ]);
  expect(written).toEqual(known);
});
