import { expect, test } from "vitest";
import { mostWithin } from "../lib/rates.mjs";

test("the most within any window is found, whatever the order and wherever it begins", () => {
  expect(mostWithin([], 10)).toBe(0);
  expect(mostWithin([5], 10)).toBe(1);
  expect(mostWithin([0, 10, 20], 10)).toBe(1);
  expect(mostWithin([0, 9, 18], 10)).toBe(2);
  expect(mostWithin([30, 1, 2, 31, 3, 32, 33], 10)).toBe(4);
});
