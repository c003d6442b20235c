import { inspect } from "node:util";
import type { Secret } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { MemoryFault } from "@kinko/testing/memory";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { defineManifest, type ManifestValues } from "../src/index.js";
import { containerWith, memory } from "./support.js";

const secrets = {
  "prod/db": { user: "app", password: "correct horse", port: 5432 },
  "prod/key": "signing key",
  "prod/cert": Buffer.from([0, 255]),
};

describe("a manifest entry by entry", () => {
  const settings = defineManifest({
    databasePassword: { ref: "prod/db#password", schema: z.string().min(8) },
    database: { ref: "prod/db", schema: z.object({ user: z.string(), port: z.number() }) },
    port: { ref: "prod/db#port", schema: v.pipe(v.number(), v.integer()) },
    certificate: { ref: "prod/cert", schema: z.instanceof(Uint8Array) },
    signingKey: "prod/key",
    proxy: { ref: "prod/proxy", optional: true },
  });

  test("injects one typed object, without await", async () => {
    const container = await containerWith({ open: memory(secrets).open, manifests: [settings] });
    const values = container.get(settings.token);
    expectTypeOf(values).toEqualTypeOf<{
      readonly databasePassword: string;
      readonly database: { user: string; port: number };
      readonly port: number;
      readonly certificate: Uint8Array<ArrayBuffer>;
      readonly signingKey: Secret;
      readonly proxy: Secret | undefined;
    }>();
    expectTypeOf<ManifestValues<typeof settings>>().toEqualTypeOf<typeof values>();
    expect(values.databasePassword).toBe("correct horse");
    expect(values.database).toEqual({ user: "app", port: 5432 });
    expect(values.port).toBe(5432);
    expect([...values.certificate]).toEqual([0, 255]);
    expect(values.signingKey.text()).toBe("signing key");
    expect(values.signingKey.metadata?.path).toBe("prod/key");
    expect(values.proxy).toBeUndefined();
    expect(container.get(settings.token)).toBe(values);
    await container.unbindAllAsync();
    expect(() => values.signingKey.text()).toThrow(expect.objectContaining({ code: "Closed" }));
  });

  test("names everything that is missing or invalid at once, by name and reference alone", async () => {
    const canary = createCanary();
    const { open } = memory({
      "prod/db": { user: 1, password: canary.value.slice(0, 3), port: canary.value },
    });
    const failure: unknown = await containerWith({ open, manifests: [settings] }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "InvalidValue", reason: "manifest-mismatch" });
    expect((failure as Error).message).toBe(
      "The application's secrets are not complete; missing: certificate (prod/cert: NotFound), " +
        "signingKey (prod/key: NotFound); invalid: databasePassword (prod/db#password: does not fit at its top level), " +
        "database (prod/db: does not fit at user, port), port (prod/db#port: does not fit at its top level). " +
        "Correct these secrets, or what the manifest expects of them.",
    );
    expectClean(failure, canary);
  });

  test("several manifests are reported together", async () => {
    const first = defineManifest({ a: "absent/a" });
    const second = defineManifest({ b: "absent/b" });
    const { open } = memory({});
    await expect(containerWith({ open, manifests: [first, second] })).rejects.toThrow(
      "missing: a (absent/a: NotFound), b (absent/b: NotFound).",
    );
  });

  test("an optional secret that is deleted, or may not be read, is not just absent", async () => {
    const optional = defineManifest({ a: { ref: "a", optional: true } });
    const { store, open } = memory({ a: "a" });
    await store.delete("a");
    await expect(containerWith({ open, manifests: [optional] })).rejects.toThrow("a (a: Deleted)");
    const denied = memory(
      {},
      {
        beforeCall: () => {
          throw new MemoryFault("PermissionDenied");
        },
      },
    );
    await expect(containerWith({ open: denied.open, manifests: [optional] })).rejects.toMatchObject(
      {
        code: "PermissionDenied",
      },
    );
  });

  test("two names of one reference are zeroed one by one", async () => {
    const twice = defineManifest({ a: "prod/key", b: "prod/key" });
    const container = await containerWith({ open: memory(secrets).open, manifests: [twice] });
    const values = container.get(twice.token);
    values.a.dispose();
    expect(values.b.text()).toBe("signing key");
  });

  test("a schema that throws is a mismatch, and its message is not repeated", async () => {
    const canary = createCanary();
    const throwing = defineManifest({
      key: {
        ref: "key",
        schema: z.string().transform((text): string => {
          throw new Error(text);
        }),
      },
    });
    const { open } = memory({ key: canary.value });
    const failure: unknown = await containerWith({ open, manifests: [throwing] }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "InvalidValue", reason: "manifest-mismatch" });
    expectClean(failure, canary);
  });

  test("a schema that validates asynchronously is awaited", async () => {
    const later = defineManifest({
      key: { ref: "prod/key", schema: z.string().refine((text) => Promise.resolve(text !== "")) },
    });
    const container = await containerWith({ open: memory(secrets).open, manifests: [later] });
    expect(container.get(later.token).key).toBe("signing key");
  });

  test("logging the object shows names and no value", async () => {
    const canary = createCanary();
    const manifest = defineManifest({ key: { ref: "key", schema: z.string() } });
    const container = await containerWith({
      open: memory({ key: canary.value }).open,
      manifests: [manifest],
    });
    const values = container.get(manifest.token);
    expect(values.key).toBe(canary.value);
    expect(JSON.stringify(values)).toBe('{"key":"[secret]"}');
    expectClean(inspect(values, { depth: Infinity }), canary);
  });
});

describe("a manifest with one schema", () => {
  const schema = z.object({
    user: z.string(),
    password: z.string().min(8),
    port: z.coerce.number().default(5432),
    proxy: z.url().optional(),
  });
  const settings = defineManifest(schema, {
    user: "prod/db#user",
    password: "prod/db#password",
    port: "prod/db#absent",
    proxy: "prod/proxy",
  });

  test("injects what the schema puts out, with its defaults", async () => {
    const container = await containerWith({ open: memory(secrets).open, manifests: [settings] });
    const values = container.get(settings.token);
    expectTypeOf(values).toEqualTypeOf<z.output<typeof schema>>();
    expect({ ...values }).toEqual({ user: "app", password: "correct horse", port: 5432 });
  });

  test("names everything that is missing or invalid at once", async () => {
    const { open } = memory({ "prod/db": { password: "short" }, "prod/proxy": "not a URL" });
    await expect(containerWith({ open, manifests: [settings] })).rejects.toThrow(
      "missing: user (prod/db#user: NotFound); invalid: password (prod/db#password: does not fit at its top level), " +
        "proxy (prod/proxy: does not fit at its top level).",
    );
  });
});

test("a wrong reference and an empty manifest fail where they are written", () => {
  expect(() => defineManifest({ a: "a/../b" })).toThrow(
    expect.objectContaining({ code: "InvalidRef" }),
  );
  expect(() => defineManifest({})).toThrow(expect.objectContaining({ reason: "empty-manifest" }));
});

test("the types refuse what a manifest cannot be", () => {
  const schema = z.object({ a: z.string() });
  // @ts-expect-error every name of the schema needs a reference
  expect(() => defineManifest(schema, {})).toThrow(/empty/u);
  // @ts-expect-error a reference is text or has a path
  expect(() => defineManifest({ a: 1 })).toThrow();
});
