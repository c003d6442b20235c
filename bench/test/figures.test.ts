import { describe, expect, it } from "vitest";
import { formatFigure, isMet, reportFigures } from "../lib/figures.mjs";

describe("formatFigure", () => {
  it("says what was measured, the bar and the verdict", () => {
    expect(formatFigure({ name: "added-ms", value: 12.34, atMost: 15 })).toBe(
      "added-ms = 12.3 (bar: <= 15) met",
    );
    expect(formatFigure({ name: "ratio", value: 1.456, atMost: 1.4 })).toBe(
      "ratio = 1.46 (bar: <= 1.40) short",
    );
    expect(formatFigure({ name: "hits", value: 8, atLeast: 10, note: "cold" })).toBe(
      "hits = 8 (bar: >= 10) short; cold",
    );
  });

  it("gives no verdict without a bar", () => {
    expect(formatFigure({ name: "node-e-0-ms", value: 40 })).toBe("node-e-0-ms = 40");
  });
});

describe("isMet", () => {
  it("counts the bar itself as met", () => {
    expect(isMet({ name: "x", value: 15, atMost: 15 })).toBe(true);
    expect(isMet({ name: "x", value: 15, atLeast: 15 })).toBe(true);
  });

  it("judges the measured value, not its rounded form", () => {
    expect(isMet({ name: "x", value: 1.4001, atMost: 1.4 })).toBe(false);
  });

  it("is false for a value that is no number", () => {
    expect(isMet({ name: "x", value: Number.NaN })).toBe(false);
  });
});

describe("reportFigures", () => {
  const short = { name: "a", value: 2, atMost: 1 };
  const met = { name: "b", value: 1, atMost: 1 };

  it("prints a line per figure and ends with 1 when one is short and a check is asked for", () => {
    const lines: string[] = [];
    expect(reportFigures([short, met], { check: true, print: (line) => lines.push(line) })).toBe(1);
    expect(lines).toEqual(["a = 2 (bar: <= 1) short", "b = 1 (bar: <= 1) met"]);
  });

  it("ends with 0 when all are met, or when it only reports", () => {
    const print = () => undefined;
    expect(reportFigures([met], { check: true, print })).toBe(0);
    expect(reportFigures([short], { check: false, print })).toBe(0);
  });
});
