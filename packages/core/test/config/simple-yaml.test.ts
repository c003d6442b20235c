import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAnyYaml, type ParsedFile } from "../../src/config/parse-file.js";
import { parseSimpleYaml } from "../../src/config/simple-yaml.js";

/** Every path through the data, and some that leave it. */
function pathsOf(data: unknown, path: readonly string[] = []): string[][] {
  const inner =
    typeof data === "object" && data !== null
      ? Object.entries(data).flatMap(([key, value]) => pathsOf(value, [...path, key]))
      : [];
  return [[...path], [...path, "absent"], [...path, "absent", "deeper"], ...inner];
}

async function expectSame(text: string, simple: ParsedFile): Promise<void> {
  const whole = await parseAnyYaml("kinko.config.yaml", text);
  expect(simple.data).toEqual(whole.data);
  for (const path of pathsOf(simple.data)) {
    expect(simple.position(path), path.join(".")).toEqual(whole.position(path));
  }
}

describe("a simple config", () => {
  test.each([
    "provider: local\n",
    '# a comment\nprovider: local # another\n\nproviders:\n  local:\n    file: "my.age"\n    maxVersions: 3\n',
    'providers:\n    vault:\n        address: "https://vault:8200"\n        tls:\n          caFile: /etc/ca.pem\n    other:\n        use: local\ntimeoutMs: 5000',
    'a: true\nb: false\nc: "# no comment"\nd: "${env:NAME}"\n',
    '$schema: "./kinko.schema.json"\na-b: x-y.z/w\n_c:    0   \n',
  ])("is read without the parser, and to the same end: %j", async (text) => {
    const simple = parseSimpleYaml(text);
    expect(simple).toBeDefined();
    if (simple !== undefined) await expectSame(text, simple);
  });

  test.each([
    "",
    "# nothing\n",
    "a:\n",
    "a:\nb: c\n",
    "a: null\n",
    "a: True\n",
    "a: ~\n",
    "null: a\n",
    "a: 012\n",
    "a: 1.5\n",
    "a: 1e3\n",
    "a: -1\n",
    "a: .5\n",
    "a: two words\n",
    "a: https://host\n",
    "a: 'single'\n",
    'a: "with \\n escape"\n',
    'a: "é"\n',
    "a: [b]\n",
    "a: {b: c}\n",
    "a: &anchor b\n",
    "a: |\n  text\n",
    "a: b\n  more\n",
    "- a\n",
    "a: b\r\n",
    "a:\tb\n",
    "\ta: b\n",
    "  a: b\nc: d\n",
    "a:\n  b: c\n d: e\n",
    "a: b\na: c\n",
    "__proto__: a\n",
    "---\na: b\n",
    "a:b\n",
    "a : b\n",
    "a: b#c\n",
    "\ufeffa: b\n",
  ])("is not what has more of YAML in it: %j", (text) => {
    expect(parseSimpleYaml(text)).toBeUndefined();
  });

  test("never differs from what YAML means", async () => {
    const usual = <Value>(
      weight: number,
      often: Value[],
      seldom: fc.Arbitrary<Value>,
    ): fc.Arbitrary<Value> =>
      fc.oneof({ weight, arbitrary: fc.constantFrom(...often) }, { weight: 1, arbitrary: seldom });
    const key = usual(
      9,
      ["a", "b", "c", "d", "provider", "local", "x-y", "$s", "_"],
      fc.constantFrom("null", "true", "1a", "a b", "é"),
    );
    const value = usual(
      6,
      ["", "", "local", "true", "0", "7", '"q"', '"a # b"', '""', "/etc/x", "a/b.c-d", "y"],
      fc.oneof(
        fc.constantFrom(
          "False",
          "NULL",
          "007",
          "12345678901234567890",
          "'s'",
          "x:y",
          "x: y",
          "[1]",
          "~",
          "no",
        ),
        fc.string({ maxLength: 6 }),
      ),
    );
    const line = fc
      .tuple(
        usual(9, [0, 0, 0, 2, 2, 4], fc.nat(6)),
        key,
        usual(9, [": ", ": ", ":  "], fc.constantFrom(":", " : ")),
        value,
        usual(6, ["", "", " ", " # c"], fc.constantFrom("#c", "\t")),
      )
      .map(
        ([indent, name, colon, text, end]) => `${" ".repeat(indent)}${name}${colon}${text}${end}`,
      );
    const text = fc
      .array(fc.oneof({ weight: 6, arbitrary: line }, fc.constantFrom("", "  ", "# c", "...")), {
        maxLength: 6,
      })
      .map((lines) => lines.join("\n"));
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(text, async (document) => {
        const simple = parseSimpleYaml(document);
        if (simple === undefined) return;
        accepted += 1;
        await expectSame(document, simple);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
