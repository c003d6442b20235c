import { chmod, copyFile, mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/format-1/${name}`, import.meta.url));

let local: TestStore;
beforeEach(async () => {
  local = await createTestStore();
  await mkdir(`${local.directory}/golden`, { mode: 0o700 });
  await copyFile(fixture("store.age"), `${local.directory}/golden/store.age`);
  await copyFile(fixture("test-identity.txt"), `${local.directory}/golden/identity.txt`);
  await chmod(`${local.directory}/golden/identity.txt`, 0o600);
});
afterEach(() => local.remove());

const options = { file: "golden/store.age", identity: "golden/identity.txt" };

test("a store that the first version wrote is read with everything in it", async () => {
  const store = local.store(options);
  const db = await store.get("prod/app/db");
  expect(db.kind).toBe("json");
  expect(db.text()).toBe('{"__proto__x":1,"password":"pässwörd","port":5432,"user":"app"}');
  expect(db.metadata).toMatchObject({
    version: "1",
    createdAt: new Date("2026-11-21T23:54:04.555Z"),
    tags: { team: "payments" },
  });
  expect((await store.get("prod/app/motd")).text()).toBe("");
  expect((await store.get("prod/app/motd@1")).text()).toBe("first line\nsecond line\n");
  expect([...(await store.get("prod/app/key")).bytes()]).toEqual([0, 1, 2, 254, 255]);
  expect((await failureOf(store.get("prod/old"))).code).toBe("Deleted");
  expect((await store.get("prod/history")).text()).toBe("three");
  expect((await failureOf(store.get("prod/history@1"))).code).toBe("Destroyed");
  expect((await failureOf(store.get("prod/history@2"))).code).toBe("Deleted");
  expect((await store.get({ path: ["__proto__"] })).text()).toBe("proto");
  expect((await store.get({ path: ["ünï", 'q"uote@#%'] })).text()).toBe("names");
  const names: string[] = [];
  for await (const { path, deleted } of store.list()) names.push(`${path.join("/")} ${deleted}`);
  expect(names.sort()).toEqual([
    "__proto__ false",
    "prod/app/db false",
    "prod/app/key false",
    "prod/app/motd false",
    "prod/history false",
    "prod/old true",
    'ünï/q"uote@#% false',
  ]);
});

test("a store that the first version wrote can be written and stays readable", async () => {
  const store = local.store(options);
  await store.undelete("prod/old");
  await store.put("prod/new", "value");
  expect((await local.store(options).get("prod/old")).text()).toBe("old");
  expect(
    (await readFile(fixture("store.age"))).equals(
      await readFile(`${local.directory}/golden/store.age`),
    ),
  ).toBe(false);
});
