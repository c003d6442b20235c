import { format, inspect } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { createCanary, expectClean, findCanary } from "@kinko/testing";
import { isSecret, isSecretError, Secret } from "../../src/index.js";

const canary = createCanary();
const metadata = { path: "a", provider: "memory", version: "1", tags: { owner: "me" } };

function failure(work: () => unknown): { code: string; reason: string | undefined } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    expectClean(error, canary);
    return isSecretError(error)
      ? { code: error.code, reason: error.reason }
      : { code: "raw", reason: String(error) };
  }
}

describe("a secret that is shown by accident", () => {
  const secrets = [
    Secret.text(canary.value),
    Secret.json({ password: canary.value, [canary.value]: 1 }),
    Secret.binary(Buffer.from(canary.value)),
    Secret.text(canary.value).withMetadata(metadata),
  ];

  test.each(
    secrets.map(
      (secret) =>
        [`${secret.kind}${secret.metadata === undefined ? "" : " with metadata"}`, secret] as const,
    ),
  )("shows nothing of its value: %s", (_name, secret) => {
    // oxlint-disable-next-line no-base-to-string
    expect(String(secret)).toBe("[secret]");
    expect(`${secret as unknown as string}`).toBe("[secret]");
    expect("" + (secret as unknown as string)).toBe("[secret]");
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(inspect(secret)).toBe(`Secret(${secret.kind}) [secret]`);
    for (const shown of [
      secret,
      [secret],
      { nested: { secret } },
      new Map([["secret", secret]]),
      new Error(`failed with ${secret as unknown as string}`),
      Object.assign(new Error("with a property"), { secret }),
      structuredClone(Object.fromEntries(Object.entries(secret))),
      structuredClone(secret),
      Object.entries(secret),
      format("%s %o %O %j %d", secret, secret, secret, secret, secret),
    ]) {
      expectClean(shown, canary);
    }
  });

  test("the search for leaks would find one", () => {
    expect(findCanary({ value: secrets[0]?.text() }, canary)).toContain("raw");
    expect(findCanary(inspect(secrets[2]?.bytes()), canary)).toContain("hex");
  });
});

describe("the bytes of a secret", () => {
  test("are its own: neither input nor output shares them", () => {
    const input = Buffer.from("input");
    const secret = Secret.binary(input);
    input.fill(0);
    const output = secret.bytes();
    expect(output.toString()).toBe("input");
    output.fill(0);
    expect(secret.text()).toBe("input");
  });

  test("do not lie in the shared pool, where a stray Buffer could read them", () => {
    const bytes = Secret.text("short").bytes();
    expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
  });

  test("are gone after dispose, which may be called twice", () => {
    const secret = Secret.json({ a: canary.value });
    secret.dispose();
    secret.dispose();
    for (const read of [
      () => secret.text(),
      () => secret.json(),
      () => secret.bytes(),
      () => secret.field("a"),
      () => secret.byteLength,
      () => secret.equals(Secret.text("a")),
      () => Secret.text("a").equals(secret),
      () => secret.withMetadata(metadata),
    ]) {
      expect(failure(read)).toEqual({ code: "Closed", reason: "secret-disposed" });
    }
    expect(String(inspect(secret))).toBe("Secret(json) [secret]");
  });

  test("are gone at the end of a using block", () => {
    let escaped: Secret | undefined;
    {
      using secret = Secret.text("short-lived");
      escaped = secret;
      expect(escaped.text()).toBe("short-lived");
    }
    expect(failure(() => escaped?.text())?.code).toBe("Closed");
  });

  test("of a field or a copy outlive the secret they came from", () => {
    const secret = Secret.json({ a: "x", b: [1] });
    const field = secret.field("a");
    const copy = secret.withMetadata(metadata);
    const plainCopy = copy.copy();
    secret.dispose();
    expect(field.text()).toBe("x");
    expect(plainCopy.equals(copy)).toBe(true);
    expect(plainCopy.metadata).toEqual(copy.metadata);
    expect(copy.field("b").json()).toEqual([1]);
  });

  test("come back as they were, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const secret = Secret.binary(bytes);
        expect(secret.bytes().equals(bytes)).toBe(true);
        expect(secret.byteLength).toBe(bytes.byteLength);
        expect(Secret.fromBytes(secret.bytes(), "binary").equals(secret)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("of a text come back as they were, with byte order marks and all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(text.isWellFormed());
        const secret = Secret.text(`\ufeff${text}`);
        expect(secret.text()).toBe(`\ufeff${text}`);
        expect(Secret.fromBytes(secret.bytes(), "text").equals(secret)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("kinds", () => {
  test("follow the type of the input", () => {
    expect(Secret.from("a").kind).toBe("text");
    expect(Secret.from(new Uint8Array(1)).kind).toBe("binary");
    expect(Secret.from(Buffer.alloc(0)).kind).toBe("binary");
    expect(Secret.from({ a: 1 }).kind).toBe("json");
    expect(Secret.from([1]).kind).toBe("json");
    const secret = Secret.text("a");
    expect(Secret.from(secret)).toBe(secret);
    const foreign = runInNewContext("[Uint8Array.of(1, 2), { a: [1] }]") as [
      Uint8Array,
      { a: [1] },
    ];
    expect(Secret.from(foreign[0]).kind).toBe("binary");
    expect(Secret.from(foreign[1]).text()).toBe('{"a":[1]}');
  });

  test("are part of equality", () => {
    expect(Secret.text("{}").equals(Secret.json({}))).toBe(false);
    expect(Secret.text("a").equals(Secret.binary(Buffer.from("a")))).toBe(false);
    expect(Secret.text("a").equals(Secret.text("a"))).toBe(true);
    expect(Secret.text("a").equals(Secret.text("b"))).toBe(false);
    expect(Secret.text("a").equals(Secret.text("aa"))).toBe(false);
    expect(Secret.json({ a: 1, b: 2 }).equals(Secret.json({ b: 2, a: 1 }))).toBe(true);
  });

  test("are refused when the value does not fit", () => {
    expect(failure(() => Secret.text(`\ud800${canary.value}`))?.code).toBe("InvalidValue");
    expect(failure(() => Secret.text(5 as unknown as string))?.code).toBe("InvalidValue");
    expect(failure(() => Secret.from(undefined as unknown as string))?.code).toBe("InvalidValue");
    expect(failure(() => Secret.fromBytes(Buffer.from([0xff]), "text"))?.reason).toBe("not-text");
    expect(failure(() => Secret.fromBytes(Buffer.from(canary.value), "json"))?.reason).toBe(
      "not-json",
    );
    expect(failure(() => Secret.binary(Buffer.from([0xc3, 0x28])).text())?.reason).toBe("not-text");
    expect(failure(() => Secret.text(canary.value).json())?.reason).toBe("not-json");
  });

  test("a JSON secret from stored bytes takes the canonical form", () => {
    const secret = Secret.fromBytes(Buffer.from('{ "b": 1,\n "a": [ 2 ] }'), "json");
    expect(secret.text()).toBe('{"a":[2],"b":1}');
  });

  test("a Secret of another copy of the package is known by its brand", () => {
    const other = Object.defineProperty({}, Symbol.for("kinko.Secret"), { value: true });
    expect(isSecret(other)).toBe(true);
    expect(isSecret(Secret.text("a"))).toBe(true);
    for (const value of [undefined, null, "a", {}, Buffer.alloc(1)])
      expect(isSecret(value)).toBe(false);
  });
});

describe("fields", () => {
  const secret = Secret.json({
    user: "app",
    port: 5432,
    on: false,
    none: null,
    list: [1],
    map: { a: "b" },
    [`__proto__`]: "own",
  }).withMetadata(metadata);

  test("keep text as text and everything else as JSON", () => {
    expect(secret.field("user").kind).toBe("text");
    expect(secret.field("user").text()).toBe("app");
    for (const [name, value] of [
      ["port", 5432],
      ["on", false],
      ["none", null],
      ["list", [1]],
    ] as const) {
      expect(secret.field(name).kind).toBe("json");
      expect(secret.field(name).json()).toEqual(value);
    }
    expect(secret.field("map").field("a").text()).toBe("b");
  });

  test("know where they came from", () => {
    expect(secret.field("user").metadata).toEqual(metadata);
    expect(secret.field("user").metadata).toBe(secret.metadata);
  });

  test("that are inherited are not there", () => {
    for (const name of ["toString", "constructor", "hasOwnProperty"]) {
      expect(failure(() => secret.field(name))).toEqual({
        code: "NotFound",
        reason: "field-not-found",
      });
    }
    expect(failure(() => Secret.json({}).field("__proto__"))?.code).toBe("NotFound");
    expect(secret.field("__proto__").text()).toBe("own");
  });

  test("are those of JSON objects alone", () => {
    expect(secret.fieldNames()).toEqual(["__proto__", "list", "map", "none", "on", "port", "user"]);
    for (const other of [
      Secret.text("{}"),
      Secret.json([1]),
      Secret.json("a"),
      Secret.json(null),
    ]) {
      expect(other.fieldNames()).toEqual([]);
    }
    expect(failure(() => Secret.json([1]).field("0"))?.reason).toBe("no-fields");
    expect(failure(() => Secret.json("abc").field("length"))?.reason).toBe("no-fields");
  });
});

describe("metadata", () => {
  test("cannot be changed through what a secret shows", () => {
    const tags = { owner: "me" };
    const secret = Secret.text("a").withMetadata({ ...metadata, tags });
    tags.owner = "you";
    expect(secret.metadata?.tags).toEqual({ owner: "me" });
    expect(Object.isFrozen(secret.metadata) && Object.isFrozen(secret.metadata?.tags)).toBe(true);
  });
});

describe("json with a schema", () => {
  test("gives typed values", () => {
    const schema = v.object({ port: v.number(), user: v.string() });
    const value = Secret.json({ port: 1, user: "app", more: true }).json(schema);
    expect(value satisfies { port: number; user: string }).toEqual({ port: 1, user: "app" });
  });

  test("names the places that do not fit, and never the values", () => {
    const schema = v.object({
      a: v.object({ b: v.array(v.number()) }),
      c: v.pipe(v.string(), v.url()),
    });
    const secret = Secret.json({ a: { b: [1, canary.value] }, c: canary.value });
    try {
      secret.json(schema);
      expect.unreachable();
    } catch (error) {
      expectClean(error, canary);
      expect(isSecretError(error, "InvalidValue")).toBe(true);
      expect(String(error)).toContain("a.b[1], c");
    }
  });

  test("refuses a schema that validates asynchronously", () => {
    const schema = v.pipeAsync(
      v.string(),
      v.checkAsync(() => Promise.resolve(true)),
    );
    expect(failure(() => Secret.json("a").json(schema))?.reason).toBe("asynchronous-schema");
  });
});
