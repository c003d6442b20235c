import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { variableName } from "../../src/index.js";

describe("the variable that a secret becomes", () => {
  test.each([
    [["db-password"], "DB_PASSWORD"],
    [["db", "password"], "DB_PASSWORD"],
    [["db", "connectionString"], "DB_CONNECTION_STRING"],
    [["APIKey"], "APIKEY"],
    [["api.key v2"], "API_KEY_V2"],
    [["already_snake__case"], "ALREADY_SNAKE__CASE"],
    [["2fa"], "_2FA"],
    [["größe"], "GR__E"],
    [["𝒳1"], "_1"],
  ])("%j becomes %s", (parts, name) => {
    expect(variableName(parts)).toBe(name);
  });

  test("a name without any ASCII letter or digit is refused, not guessed", () => {
    expect(() => variableName(["密码"], "prod/密码")).toThrow(
      expect.objectContaining({ code: "Config", reason: "invalid-variable" }),
    );
    expect(() => variableName(["密码"], "prod/密码")).toThrow(/prod\/密码/u);
  });

  test("every name that has a letter becomes a portable variable", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme" })),
        fc.constantFrom("a", "Z", "7"),
        (parts, one) => {
          expect(variableName([...parts, one])).toMatch(/^[A-Z_][A-Z0-9_]*$/u);
        },
      ),
    );
  });
});
