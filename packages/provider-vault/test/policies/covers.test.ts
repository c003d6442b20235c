import fc from "fast-check";
import { expect, test } from "vitest";
import { covers, meetingPath } from "../../src/policies/covers.js";
import { compilePolicies, patternOf } from "../../src/policies/index.js";

const segment = fc.constantFrom("a", "ab", "b", "+", "");
const rulePath = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom("", "*", "/*"))
  .map(([parts, end]) => parts.join("/") + end)
  .filter((path) => !path.includes("+*"));
const asked = fc
  .array(fc.constantFrom("a", "ab", "abc", "b", "c", ""), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join("/"));

function matches(rule: string, path: string): boolean {
  const compiled = compilePolicies([
    { name: "one", policy: { rules: [{ path: rule, capabilities: ["read"] }] } },
  ]);
  return compiled.ruleFor(path, false) !== undefined;
}

test("where two patterns meet, both match", () => {
  fc.assert(
    fc.property(rulePath, rulePath, (left, right) => {
      const path = meetingPath(patternOf(left), patternOf(right));
      // Slashes before a path are not part of it to Vault.
      if (path === undefined || path.startsWith("/")) return;
      expect([matches(left, path), matches(right, path)]).toEqual([true, true]);
    }),
    { numRuns: 3_000 },
  );
});

test("what both match is found to be where they meet", () => {
  fc.assert(
    fc.property(rulePath, rulePath, asked, (left, right, path) => {
      fc.pre(!path.startsWith("/") && matches(left, path) && matches(right, path));
      expect(meetingPath(patternOf(left), patternOf(right))).toBeDefined();
    }),
    { numRuns: 2_000 },
  );
});

test("a pattern that covers another matches whatever that one does", () => {
  fc.assert(
    fc.property(rulePath, rulePath, asked, (wide, narrow, path) => {
      fc.pre(!path.startsWith("/") && covers(patternOf(wide), patternOf(narrow)));
      expect(!matches(narrow, path) || matches(wide, path)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
