import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { codeBlocks } from "./code-blocks.js";

const docs = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = dirname(docs);
const guides = readdirSync(join(docs, "guides")).filter((name) => name.endsWith(".md"));

/** Blocks that show what is typed or printed, not code that could drift from the examples. */
const notCode = new Set(["sh", "console", "text"]);

test("there are guides", () => {
  expect(guides).toEqual(expect.arrayContaining(["inversify.md", "switching.md"]));
});

describe.each(guides)("%s", (name) => {
  const page = readFileSync(join(docs, "guides", name), "utf8");
  const blocks = codeBlocks(page);

  test("has code, and every block of code is a file of an example", () => {
    const code = blocks.filter(({ language }) => !notCode.has(language));
    expect(code).not.toEqual([]);
    expect(code.filter(({ file }) => file === undefined)).toEqual([]);
  });

  test.each(blocks.filter(({ file }) => file !== undefined).map((block) => [block.file, block]))(
    "shows %s as it is",
    (file, block) => {
      expect(block?.text).toBe(readFileSync(join(repository, file ?? ""), "utf8"));
    },
  );

  test("has no link to a file that is not there", () => {
    const targets = [...page.matchAll(/\]\((?!https?:)([^)#\s]+)/gu)].map(
      (match) => match[1] ?? "",
    );
    expect(targets.filter((target) => !existsSync(resolve(docs, "guides", target)))).toEqual([]);
  });
});

describe("finding blocks", () => {
  test("knows language, text, file and line", () => {
    const page = "# A\n\n<!-- file: a/b.ts -->\n```ts\nconst a = 1;\n\n```\n\n```\nplain\n```\n";
    expect(codeBlocks(page)).toEqual([
      { language: "ts", text: "const a = 1;\n\n", file: "a/b.ts", line: 4 },
      { language: "", text: "plain\n", file: undefined, line: 9 },
    ]);
  });

  test("a block in a longer fence may have fences in it", () => {
    expect(codeBlocks("````md\n```ts\n```\n````\n")[0]?.text).toBe("```ts\n```\n");
  });

  test("refuses what would hide a block from the test", () => {
    expect(() => codeBlocks("```ts\nconst a = 1;\n")).toThrow("line 1 is not closed");
    expect(() => codeBlocks("<!-- file: a.ts -->\n\n```ts\n```\n")).toThrow("no block follows");
  });
});
