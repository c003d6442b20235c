import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasRepeatedKey } from "../../src/input/repeated-key.js";

describe("a repeated key", () => {
  test("is found in no JSON that was written from values", () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 0, max: 2 }), (json, indent) => {
        expect(hasRepeatedKey(JSON.stringify(JSON.parse(json), null, indent))).toBe(false);
      }),
    );
  });

  test("is found wherever its object is, and however deep the values between are", () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), fc.json(), (key, first, second) => {
        const name = JSON.stringify(key);
        const object = `{${name}: ${first}, ${name}: ${second}}`;
        expect(hasRepeatedKey(object)).toBe(true);
        expect(hasRepeatedKey(`[${first}, {"outer": ${object}}]`)).toBe(true);
      }),
    );
  });

  test.each([
    ['{"a":1,"\\u0061":2}', true],
    ['{"a":"a","b":["a","a"],"c":{"a":1}}', false],
    ['{"a\\"":1,"a":"\\\\","b":"{\\"a\\":1,"}', false],
    ['[{"a":1},{"a":1}]', false],
    ['"a"', false],
  ])("%s: %j", (json, repeated) => {
    expect(hasRepeatedKey(json)).toBe(repeated);
  });
});
