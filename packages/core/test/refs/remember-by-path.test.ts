import { describe, expect, it } from "vitest";
import { formatPath, parsePath, rememberByPath } from "../../src/index.js";

describe("what is remembered by path", () => {
  it("is made once for a path that cannot change", () => {
    let made = 0;
    const named = rememberByPath((path) => `${(made += 1)}:${path.join("/")}`);
    const path = parsePath("prod/app");
    expect([named(path), named(path), made]).toEqual(["1:prod/app", "1:prod/app", 1]);
  });

  it("is made again for a path that may have changed", () => {
    const path: [string, string] = ["prod", "app"];
    const before = formatPath(path);
    path[1] = "web";
    expect([before, formatPath(path)]).toEqual(["prod/app", "prod/web"]);
  });

  it("is not a failure: the next call tries again", () => {
    let failures = 1;
    const named = rememberByPath((path) => {
      if (failures > 0) throw new Error(`${(failures -= 1)} left`);
      return path.join("/");
    });
    const path = parsePath("prod/app");
    expect(() => named(path)).toThrow("0 left");
    expect(named(path)).toBe("prod/app");
  });
});
