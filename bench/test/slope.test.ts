import { expect, test } from "vitest";
import { slopePerTenMinutes } from "../lib/slope.mjs";

test("the slope of a line is its own, whatever its height", () => {
  const line = (perMs: number): (readonly [number, number])[] =>
    Array.from({ length: 20 }, (_, index) => [index * 1_000, 50 + index * 1_000 * perMs] as const);
  expect(slopePerTenMinutes(line(0))).toBe(0);
  expect(slopePerTenMinutes(line(2 / 600_000))).toBeCloseTo(2, 9);
  expect(slopePerTenMinutes(line(-1 / 600_000))).toBeCloseTo(-1, 9);
});

test("a single sample has no slope", () => {
  expect(() => slopePerTenMinutes([[0, 1]])).toThrow(RangeError);
});
