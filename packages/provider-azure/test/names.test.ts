import { isSecretError, segmentProblem, type SecretPath } from "@kinko/core";
import { hostileNames } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodedNames, rawNames } from "../src/names.js";

const letters = fc.constantFrom(...Array.from("abcdlux0189"));
const awkward = fc.constantFrom(...Array.from("-_.0cdluxACDLUX @+=:%~é世😀"));
const segment = fc
  .oneof(
    fc.string({ unit: letters, minLength: 1, maxLength: 12 }),
    fc.string({ unit: awkward, minLength: 1, maxLength: 6 }),
    fc.string({ unit: fc.oneof(letters, awkward), minLength: 1, maxLength: 10 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
    fc.constantFrom("DB_PASSWORD", "api-key", "app.example.com", "db-01", "a--b", "A", "-", "--"),
  )
  .filter((text) => segmentProblem(text) === undefined);
const paths = fc.array(segment, { minLength: 1, maxLength: 4 });

/** Undefined when the name would be too long. */
function encode(path: SecretPath): string | undefined {
  try {
    return encodedNames.encode(path);
  } catch (error) {
    expect(isSecretError(error, "InvalidRef")).toBe(true);
    return undefined;
  }
}

describe("encoded names", () => {
  it.each([
    ["prod/app/db", "prod--app--db"],
    ["prod/my-app/db-01", "prod--my-app--db-01"],
    ["prod/db_password", "prod--db-0upassword"],
    ["prod/DB_PASSWORD", "prod---0ldb-0upassword"],
    ["app.example.com", "app-0dexample-0dcom"],
    ["dbPassword", "db-0cpassword"],
    ["a b", "a-0x20-b"],
    ["grüße", "gr-0xc3bcc39f-e"],
    ["a--b", "a-0--b"],
    ["a-0u", "a-0-0u"],
    ["-", "-0-"],
    ["a-/b", "a-0---b"],
    ["db-0/x", "db-0-0--x"],
    ["db-0", "db-0"],
  ])("writes %s as %s", (path, name) => {
    expect(encodedNames.encode(path.split("/"))).toBe(name);
    expect(encodedNames.decode(name)).toEqual(path.split("/"));
  });

  it("gives 10,000 random paths back as they were", () => {
    fc.assert(
      fc.property(paths, (path) => {
        const name = encode(path);
        if (name === undefined) return;
        expect(name).toMatch(/^[0-9a-z-]{1,127}$/u);
        expect(encodedNames.decode(name)).toEqual(path);
        expect(encodedNames.decode(name.toUpperCase())).toEqual(path);
      }),
      { numRuns: 10_000 },
    );
  });

  it("lets no two of 10,000 random paths collide, whatever the case of letters", () => {
    const byName = new Map<string, string>();
    const seen = new Set<string>();
    for (const path of fc.sample(paths, 30_000)) {
      const text = JSON.stringify(path);
      const name = encode(path)?.toLowerCase();
      if (name === undefined || seen.has(text)) continue;
      seen.add(text);
      expect(byName.get(name) ?? text, name).toBe(text);
      byName.set(name, text);
    }
    expect(byName.size).toBeGreaterThan(10_000);
  });

  it("decodes a name to a path that has this very name, or not at all", () => {
    const names = fc.string({
      unit: fc.constantFrom(...Array.from("-0cdlux9ab")),
      minLength: 1,
      maxLength: 16,
    });
    fc.assert(
      fc.property(names, (name) => {
        const path = encodedNames.decode(name);
        if (path !== undefined) expect(encodedNames.encode(path)).toBe(name);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    "a--",
    "--a",
    "a----b",
    "a-",
    "-0x2e-",
    "-0x2e2e-",
    "-0x41-",
    "a-0l",
    "-0xff-",
    "-0x0a-",
  ])("leaves %s, which no path has, to others", (name) => {
    expect(encodedNames.decode(name)).toBeUndefined();
  });

  it("reads names of other tools, capitals as small letters", () => {
    expect(encodedNames.decode("ConnectionStrings--Default")).toEqual([
      "connectionstrings",
      "default",
    ]);
    expect(encodedNames.decode("web-01-key")).toEqual(["web-01-key"]);
  });

  it("keeps hostile names apart, or refuses them", () => {
    const names = hostileNames
      .filter((name) => segmentProblem(name) === undefined)
      .map((name) => encode([name]))
      .filter((name) => name !== undefined);
    expect(names.length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
  });

  it("takes names of 127 characters and refuses longer ones", () => {
    expect(encodedNames.encode(["a".repeat(127)])).toHaveLength(127);
    expect(() => encodedNames.encode(["a".repeat(128)])).toThrow(
      expect.objectContaining({ code: "InvalidRef", reason: "name-too-long" }),
    );
    expect(() => encodedNames.encode(["é".repeat(40)])).toThrow(
      expect.objectContaining({ code: "InvalidRef" }),
    );
  });
});

describe("raw names", () => {
  it("takes a name as it stands", () => {
    expect(rawNames.encode(["My-Secret--01"])).toBe("My-Secret--01");
    expect(rawNames.decode("My-Secret--01")).toEqual(["My-Secret--01"]);
  });

  it.each([[["a", "b"]], [["a_b"]], [[""]], [["a".repeat(128)]], [["é"]]])("refuses %j", (path) => {
    expect(() => rawNames.encode(path)).toThrow(
      expect.objectContaining({ code: "InvalidRef", reason: "not-a-key-vault-name" }),
    );
  });
});
