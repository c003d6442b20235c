import { isSecretError, type SecretError } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { MemoryFault } from "@kinko/testing/memory";
import { expect, test } from "vitest";
import { environmentFromPrefix } from "../../src/index.js";
import { memoryStore, textsOf } from "../support/memory-store.js";

test("names are relative to the prefix, and sorted", async () => {
  const store = memoryStore({
    "prod/app/db-password": "p",
    "prod/app/cache/url": "redis://cache",
    "prod/application/other": "not beneath prod/app",
  });
  expect(Object.entries(textsOf(await environmentFromPrefix(store, "prod/app")))).toEqual([
    ["CACHE_URL", "redis://cache"],
    ["DB_PASSWORD", "p"],
  ]);
});

test("a JSON object becomes one variable per field, deeper parts stay JSON", async () => {
  const store = memoryStore({
    "app/db": { user: "u", password: "p", port: 5432, tls: { ca: "x" } },
    "app/list": ["a", "b"],
    "app/none": {},
  });
  expect(textsOf(await environmentFromPrefix(store, "app"))).toEqual({
    DB_USER: "u",
    DB_PASSWORD: "p",
    DB_PORT: "5432",
    DB_TLS: '{"ca":"x"}',
    LIST: '["a","b"]',
  });
});

test("JSON stays whole when that is asked for", async () => {
  const store = memoryStore({ "app/db": { user: "u" } });
  expect(textsOf(await environmentFromPrefix(store, "app", { json: "whole" }))).toEqual({
    DB: '{"user":"u"}',
  });
});

test("text that looks like JSON is text", async () => {
  const store = memoryStore({ "app/db": '{"user":"u"}' });
  expect(textsOf(await environmentFromPrefix(store, "app"))).toEqual({ DB: '{"user":"u"}' });
});

test("two secrets of one name are an error that names both", async () => {
  const store = memoryStore({ "app/db": { password: "a" }, "app/db-password": "b" });
  const failure = await environmentFromPrefix(store, "app").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "Config", reason: "name-collision" });
  expect((failure as SecretError).message).toMatch(
    /app\/db#password .*app\/db-password .*DB_PASSWORD|app\/db-password .*app\/db#password .*DB_PASSWORD/u,
  );
});

test("a secret named after the loader is refused, unless that name is allowed", async () => {
  const store = memoryStore({ "app/ld-preload": "/tmp/x.so" });
  await expect(environmentFromPrefix(store, "app")).rejects.toMatchObject({
    code: "Config",
    reason: "refused-variable",
  });
  const environment = await environmentFromPrefix(store, "app", { allowNames: ["LD_PRELOAD"] });
  expect(textsOf(environment)).toEqual({ LD_PRELOAD: "/tmp/x.so" });
});

test("deleted secrets are left out, and so is one that goes away while being read", async () => {
  const store = memoryStore(
    { "app/kept": "k", "app/deleted": "d", "app/leaving": "l" },
    {
      beforeCall: ({ operation, path }) => {
        if (operation === "get" && path?.at(-1) === "leaving") throw new MemoryFault("NotFound");
      },
    },
  );
  await store.delete("app/deleted");
  expect(textsOf(await environmentFromPrefix(store, "app"))).toEqual({ KEPT: "k" });
});

test("a refusal is thrown and never taken for absence", async () => {
  const store = memoryStore(
    { "app/a": "a", "app/b": "b" },
    {
      beforeCall: ({ operation, path }) => {
        if (operation === "get" && path?.at(-1) === "b") throw new MemoryFault("PermissionDenied");
      },
    },
  );
  await expect(environmentFromPrefix(store, "app")).rejects.toMatchObject({
    code: "PermissionDenied",
    ref: "app/b",
  });
});

test("a prefix with nothing beneath gives no variables", async () => {
  expect((await environmentFromPrefix(memoryStore({}), "app")).variables).toEqual([]);
});

test("disposing zeroes every value, twice is allowed", async () => {
  const environment = await environmentFromPrefix(memoryStore({ "app/a": "a" }), "app");
  environment.dispose();
  environment.dispose();
  expect(() => environment.variables[0]?.value.text()).toThrow(
    expect.objectContaining({ code: "Closed" }),
  );
});

test("errors and printed environments hold no value", async () => {
  const canary = createCanary();
  const store = memoryStore({
    "app/db": { password: canary.value },
    "app/db-password": canary.value,
  });
  const failure: unknown = await environmentFromPrefix(store, "app").catch(
    (error: unknown) => error,
  );
  expect(isSecretError(failure, "Config")).toBe(true);
  expectClean(failure, canary);
  expectClean(await environmentFromPrefix(store, "app/db"), canary);
});
