import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, inspect } from "node:util";
import { NotFoundError } from "@kinko/core";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  createCanary,
  expectClean,
  expectFilesClean,
  findCanary,
  findCanaryInFiles,
} from "../../src/index.js";

const canary = createCanary();
const { value } = canary;
const bytes = Buffer.from(value);

describe("a canary", () => {
  test("is another one each time", () => {
    expect(createCanary().value).not.toBe(value);
  });

  test.each([
    ["as it is", `before ${value} after`, "raw"],
    ["in hex", `x${bytes.toString("hex")}y`, "hex"],
    ["in upper-case hex", bytes.toString("hex").toUpperCase(), "hex"],
    ["in base64", bytes.toString("base64"), "base64"],
    ["in base64, one byte further", Buffer.from(`a${value}bc`).toString("base64"), "base64"],
    ["in base64, two bytes further", Buffer.from(`ab${value}c`).toString("base64url"), "base64"],
    [
      "in base64 over several lines",
      Buffer.from(value)
        .toString("base64")
        .replaceAll(/(.{10})/gu, "$1\n"),
      "base64",
    ],
    [
      "percent-encoded",
      [...bytes].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(""),
      "url",
    ],
    ["as UTF-16", Buffer.from(value, "utf16le").toString("latin1"), "utf16"],
    ["as UTF-16 of the other order", Buffer.from(value, "utf16le").swap16(), "utf16"],
    ["as bytes", Buffer.concat([Buffer.from([0, 255]), bytes]), "raw"],
    ["as a shown buffer", inspect(bytes), "hex"],
    [
      "as a shown array of bytes",
      inspect(new Uint8Array(bytes), { maxArrayLength: null }),
      "bytes",
    ],
    ["as JSON of a buffer", JSON.stringify(bytes), "bytes"],
    ["deep in an object", { a: [{ b: new Map([["k", { v: value }]]) }] }, "raw"],
    ["as a key", { [value]: 1 }, "raw"],
    ["under a symbol", { [Symbol(value)]: 1 }, "raw"],
    ["in a hidden property", Object.defineProperty({}, "hidden", { value }), "raw"],
    [
      "behind a getter",
      {
        get late() {
          return value;
        },
      },
      "raw",
    ],
    ["in a cycle", cyclic(), "raw"],
    ["in the cause of an error", new Error("outer", { cause: new Error(value) }), "raw"],
    [
      "in a property of an error",
      Object.assign(new Error("x"), { config: { token: value } }),
      "raw",
    ],
    ["in the name of an error", Object.assign(new Error("x"), { name: value }), "raw"],
    ["in what only toJSON says", { toJSON: () => value }, "raw"],
    ["in what only toString says", { toString: () => value }, "raw"],
    [
      "behind an inspect method that hides it",
      { token: value, [inspect.custom]: () => "hidden" },
      "raw",
    ],
    ["in a buffer in an object", { body: bytes }, "hex"],
  ])("is found %s", (_how, holder, form) => {
    expect(findCanary(holder, canary)).toContain(form);
    expect(() => expectClean(holder, canary)).toThrow("leaked");
  });

  test("is not found where it is not", () => {
    for (const clean of [
      "",
      "canary-",
      value.slice(0, -1),
      {},
      [],
      undefined,
      null,
      5,
      new NotFoundError("x"),
      Buffer.alloc(100),
      createCanary().value,
    ]) {
      expect(findCanary(clean, canary)).toEqual([]);
    }
  });

  test("is not repeated by the complaint about it", () => {
    for (const holder of [value, bytes, new Error(value), { value }]) {
      try {
        expectClean(holder, canary);
        expect.unreachable();
      } catch (error) {
        expect(findCanary(format(String(error)), canary)).toEqual([]);
      }
    }
  });
});

describe("canaries in files", () => {
  test("are found by content and by name, beneath folders, and not through links", async () => {
    const root = await mkdtemp(join(tmpdir(), "kinko-testing-"));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const outside = await mkdtemp(join(tmpdir(), "kinko-testing-"));
    onTestFinished(() => rm(outside, { recursive: true, force: true }));
    await mkdir(join(root, "deep", "er"), { recursive: true });
    await writeFile(join(root, "clean"), "nothing");
    await writeFile(join(outside, "leak"), value);
    await symlink(outside, join(root, "link"));
    await expectFilesClean(root, canary);
    await expectFilesClean(join(root, "missing"), canary);
    await writeFile(join(root, "deep", "er", "leak"), Buffer.concat([Buffer.alloc(10), bytes]));
    await writeFile(join(root, `${value}.txt`), "");
    expect(await findCanaryInFiles(root, canary)).toEqual(
      [join(root, `${value}.txt`), join(root, "deep", "er", "leak")].toSorted(),
    );
    await expect(expectFilesClean(root, canary)).rejects.toThrow("leaked");
    expect(await findCanaryInFiles(join(outside, "leak"), canary)).toHaveLength(1);
  });
});

function cyclic(): object {
  const holder: Record<string, unknown> = { value };
  holder["self"] = holder;
  return holder;
}
