import { MemoryFault } from "@kinko/testing/memory";
import { expect, test } from "vitest";
import { environmentFromManifest } from "../../src/index.js";
import { memoryStore, textsOf } from "../support/memory-store.js";

test("each name gets the secret of its reference", async () => {
  const store = memoryStore({ "prod/db": { user: "u", password: "p" }, "prod/key": "k" });
  const environment = await environmentFromManifest(store, {
    DATABASE: "prod/db",
    DATABASE_PASSWORD: "prod/db#password",
    apiKey: { path: "prod/key" },
  });
  expect(textsOf(environment)).toEqual({
    DATABASE: '{"password":"p","user":"u"}',
    DATABASE_PASSWORD: "p",
    apiKey: "k",
  });
});

test("two names of one reference are two values", async () => {
  const environment = await environmentFromManifest(memoryStore({ key: "k" }), {
    A: "key",
    B: "key",
  });
  environment.variables[0]?.value.dispose();
  expect(environment.variables[1]?.value.text()).toBe("k");
});

test("everything that is missing is named at once", async () => {
  const store = memoryStore({ there: "t", gone: "g", db: { user: "u" } });
  await store.delete("gone");
  const reading = environmentFromManifest(store, {
    THERE: "there",
    ABSENT: "prod/absent",
    GONE: "gone",
    FIELD: "db#password",
    OLD: "there@7",
  });
  await expect(reading).rejects.toMatchObject({ code: "NotFound", reason: "missing-secrets" });
  await expect(reading).rejects.toThrow(
    "4 secrets are missing: ABSENT (prod/absent: NotFound), GONE (gone: Deleted), FIELD (db#password: NotFound), OLD (there@7: VersionNotFound).",
  );
});

test("an outage is reported as an outage, also beside missing secrets", async () => {
  const store = memoryStore(
    {},
    {
      beforeCall: ({ path }) => {
        if (path?.[0] === "b") throw new MemoryFault("Unavailable");
      },
    },
  );
  await expect(environmentFromManifest(store, { A: "a", B: "b" })).rejects.toMatchObject({
    code: "Unavailable",
  });
});

test.each([
  "PATH",
  "Path",
  "NODE_OPTIONS",
  "npm_config_script_shell",
  "1A",
  "A B",
  "A=B",
  "",
  "__proto__ ",
])("the name %j is refused before anything is read", async (name) => {
  let calls = 0;
  const store = memoryStore({ key: "k" }, { beforeCall: () => void (calls += 1) });
  await expect(environmentFromManifest(store, { [name]: "key" })).rejects.toMatchObject({
    code: "Config",
  });
  expect(calls).toBe(0);
});

test("names that mean something to JavaScript are plain names", async () => {
  const manifest = JSON.parse('{"__proto__":"key","constructor":"key"}') as Record<string, string>;
  const environment = await environmentFromManifest(memoryStore({ key: "k" }), manifest);
  expect(environment.variables.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>)["key"]).toBeUndefined();
});
