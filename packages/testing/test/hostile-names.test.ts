import { parseRef, segmentProblem } from "@kinko/core";
import { describe, expect, test } from "vitest";
import { hostileNames } from "../src/index.js";

describe("hostile names", () => {
  test("are more than 200, each another one", () => {
    expect(hostileNames.length).toBeGreaterThan(200);
    expect(new Set(hostileNames).size).toBe(hostileNames.length);
  });

  test("are partly refused by core and partly left to providers", () => {
    const left = hostileNames.filter((name) => segmentProblem(name) === undefined);
    expect(left.length).toBeGreaterThan(150);
    expect(hostileNames.length - left.length).toBeGreaterThan(60);
  });

  test("mean the same name as segment and in text form, when core lets them pass", () => {
    for (const name of hostileNames) {
      if (segmentProblem(name) !== undefined || Buffer.byteLength(name) > 1_000) continue;
      const escaped = name.replaceAll("%", "%25").replaceAll("#", "%23").replaceAll("@", "%40");
      expect(parseRef(escaped).path).toEqual([name]);
    }
  });
});
