import { Secret } from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ownBytes, serialiseDocument, StoreDocument } from "../src/document/document.js";
import { Draft } from "../src/document/draft.js";
import { appendVersion } from "../src/document/history.js";
import { secretOf } from "../src/document/value.js";
import type { StoredVersion } from "../src/document/entry.js";

const now = "2030-01-01T00:00:00.000Z";
const header = {
  storeId: "7d9f2a4e-0000-4000-8000-000000000000",
  generation: 1,
  createdAt: now,
  updatedAt: now,
  recipients: [],
};

function empty(): StoreDocument {
  return StoreDocument.parse(serialiseDocument(header, []));
}

function documentOf(values: ReadonlyMap<string, Secret>): Buffer {
  const draft = new Draft(empty(), now);
  for (const [key, value] of values) {
    draft.set(key, appendVersion(undefined, { value, maxVersions: 10, now }));
  }
  return draft.serialise([]);
}

function valueOf(document: StoreDocument, key: string): Secret {
  return secretOf(document.entry(key)?.versions.at(-1) as StoredVersion);
}

const secrets = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => Secret.text(text)),
  fc.uint8Array().map((bytes) => Secret.binary(bytes)),
  fc
    .jsonValue({ depthSize: "small" })
    .filter(isKept)
    .map((value) => Secret.json(value)),
);

/** Core refuses numbers that lose digits; that is its own test. */
function isKept(value: unknown): boolean {
  try {
    Secret.json(value);
    return true;
  } catch {
    return false;
  }
}

const keys = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }).filter((key) => key.isWellFormed()),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "a/__proto__/b",
    'quote"',
    "back\\slash\\\\",
    "}}",
    "é",
  ),
);

describe("a document", () => {
  test("gives back every name and value, in Kinko's layout and in any other", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(keys, secrets), { selector: ([key]) => key }),
        (pairs) => {
          const text = documentOf(new Map(pairs)).toString("utf8");
          const layouts = [
            text,
            JSON.stringify(JSON.parse(text)),
            JSON.stringify(JSON.parse(text), null, 2),
          ];
          for (const layout of layouts) {
            const document = StoreDocument.parse(ownBytes(layout));
            expect([...document.keys()]).toEqual(pairs.map(([key]) => key).sort());
            for (const [key, secret] of pairs) {
              expect(valueOf(document, key).equals(secret), key).toBe(true);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("is JSON with a line for each secret, so that its bytes stay as they are in later commits", () => {
    const first = documentOf(
      new Map([
        ["a", Secret.text("1")],
        ["b", Secret.text("2")],
      ]),
    );
    const draft = new Draft(StoreDocument.parse(first), now);
    draft.set(
      "b",
      appendVersion(draft.entry("b"), { value: Secret.text("3"), maxVersions: 10, now }),
    );
    const second = draft.serialise([]).toString("utf8").split("\n");
    expect(second).toHaveLength(5);
    expect(second[1]).toBe(first.toString("utf8").split("\n")[1]);
    expect(Object.keys(JSON.parse(second.join("\n")) as object)).toEqual([
      "format",
      "formatVersion",
      "storeId",
      "generation",
      "createdAt",
      "updatedAt",
      "recipients",
      "secrets",
    ]);
  });

  test("keeps `__proto__` as a name, a tag and a field, and changes no prototype", () => {
    const value = Secret.json(JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'));
    const draft = new Draft(empty(), now);
    const tags = Object.create(null) as Record<string, string>;
    Object.defineProperty(tags, "__proto__", { value: "tag", enumerable: true });
    draft.set("__proto__", appendVersion(undefined, { value, tags, maxVersions: 10, now }));
    const document = StoreDocument.parse(draft.serialise([]));
    expect(valueOf(document, "__proto__").text()).toBe(
      '{"__proto__":{"polluted":1},"constructor":2}',
    );
    expect(Object.entries(document.entry("__proto__")?.tags ?? {})).toEqual([["__proto__", "tag"]]);
    expect("polluted" in {}).toBe(false);
  });

  test("erases its plaintext on dispose", () => {
    const plaintext = documentOf(new Map([["a", Secret.text("secret")]]));
    const document = StoreDocument.parse(plaintext);
    document.dispose();
    expect(plaintext.every((byte) => byte === 0)).toBe(true);
  });

  test.each([
    ["not JSON", "hello", "foreign-store-file"],
    ["other JSON", '{"sops":{}}', "foreign-store-file"],
    ["an array", "[]", "foreign-store-file"],
    ["a later format", '{"format":"kinko-store","formatVersion":2}', "newer-format"],
    ["no format version", '{"format":"kinko-store"}', "corrupt-store"],
    ["no header", '{"format":"kinko-store","formatVersion":1,"secrets":{}}', "corrupt-store"],
  ])("refuses %s", (_what, text, reason) => {
    expect(reasonOf(() => StoreDocument.parse(ownBytes(text)))).toBe(reason);
  });

  test("never accepts a damaged entry, and never quotes it", () => {
    const good = documentOf(new Map([["a", Secret.text("s3cr3t-value")]])).toString("utf8");
    const damages: readonly [string, string][] = [
      ['"id":"1"', '"id":"0"'],
      ['"id":"1"', '"id":1'],
      ['"kind":"text"', '"kind":"other"'],
      ['"kind":"text"', '"kind":"json","x":[}'],
      ['"value":"s3cr3t-value"', '"value":7'],
      ['"nextVersion":2', '"nextVersion":1'],
      ['"versions":[', '"versions":7,"x":['],
      ['"tags":{}', '"tags":{"a":1}'],
      [`"createdAt":"${now}","updatedAt":"${now}","nextVersion"`, '"createdAt":"x","nextVersion"'],
    ];
    for (const [from, to] of damages) {
      const text = good.replace(from, to);
      expect(text, from).not.toBe(good);
      const error = errorOf(() => StoreDocument.parse(ownBytes(text)).entry("a"));
      expect(error, from).toMatchObject({ code: "Corrupt", reason: "corrupt-store" });
      expect(String(error)).not.toContain("s3cr3t");
    }
  });

  test("refuses base64 that decodes to something else than was written", () => {
    const text = documentOf(new Map([["a", Secret.binary(Buffer.from("abc"))]])).toString("utf8");
    const document = StoreDocument.parse(ownBytes(text.replace("YWJj", "YWJj*!")));
    expect(reasonOf(() => valueOf(document, "a"))).toBe("corrupt-store");
  });
});

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function reasonOf(work: () => unknown): unknown {
  return (errorOf(work) as { reason?: unknown } | undefined)?.reason;
}
