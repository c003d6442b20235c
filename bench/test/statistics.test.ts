import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, medianRatio, percentile } from "../lib/statistics.mjs";

describe("median", () => {
  it("is the middle value, in whatever order they come", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it("is the mean of the two in the middle of an even count", () => {
    expect(median([1, 10, 2, 4])).toBe(3);
  });

  it("sorts as numbers, not as text", () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it("leaves the given list as it is", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("refuses an empty list instead of giving NaN", () => {
    expect(() => median([])).toThrow(RangeError);
  });

  it("has as many values above as below, whatever the values", () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 });
    fc.assert(
      fc.property(values, (list) => {
        const middle = median(list);
        expect(list.filter((value) => value < middle).length).toBeLessThanOrEqual(list.length / 2);
        expect(list.filter((value) => value > middle).length).toBeLessThanOrEqual(list.length / 2);
      }),
    );
  });
});

describe("percentile", () => {
  it("gives the extremes at 0 and 100 and interpolates between ranks", () => {
    expect(percentile([4, 8, 2, 6], 0)).toBe(2);
    expect(percentile([4, 8, 2, 6], 100)).toBe(8);
    expect(percentile([0, 10], 95)).toBe(9.5);
  });

  it("refuses a percentage outside 0 to 100", () => {
    expect(() => percentile([1], 101)).toThrow(RangeError);
    expect(() => percentile([1], Number.NaN)).toThrow(RangeError);
  });
});

describe("the median of ratios", () => {
  it("compares each sample with its neighbour, whatever slowed both", () => {
    expect(medianRatio([2, 40, 6], [1, 20, 2])).toBe(2);
  });

  it("is no number when a neighbour is missing", () => {
    expect(medianRatio([2], [])).toBeNaN();
  });
});
