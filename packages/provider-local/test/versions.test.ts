import { rm } from "node:fs/promises";
import { Secret } from "@kinko/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

let local: TestStore;
beforeEach(async () => {
  local = await createTestStore({ maxVersions: 3 });
});
afterEach(() => local.remove());

test("keeps the newest versions and drops the oldest; ids go on counting", async () => {
  const store = local.store();
  for (const value of ["1", "2", "3", "4", "5"]) await store.put("a", value);
  expect((await store.versions("a")).map(({ id }) => id)).toEqual(["5", "4", "3"]);
  expect((await failureOf(store.get("a@2"))).code).toBe("VersionNotFound");
});

test("a put on a soft-deleted secret brings back the name and not its old versions", async () => {
  const store = local.store();
  await store.put("a", "1");
  await store.delete("a");
  expect((await failureOf(store.get("a@1"))).code).toBe("Deleted");
  await store.put("a", "2");
  expect((await store.get("a")).text()).toBe("2");
  expect((await failureOf(store.get("a@1"))).code).toBe("Deleted");
  await store.undelete("a@1");
  expect((await store.get("a@1")).text()).toBe("1");
});

test("undeleting one version of a soft-deleted secret brings back that version alone", async () => {
  const store = local.store();
  await store.put("a", "1");
  await store.put("a", "2");
  await store.delete("a");
  await store.undelete("a@1");
  expect((await store.get("a@1")).text()).toBe("1");
  expect((await failureOf(store.get("a"))).code).toBe("Deleted");
  expect((await store.get("a@latestEnabled")).text()).toBe("1");
});

test("destroyed data is gone from the document, also after the secret is written again", async () => {
  const store = local.store();
  await store.put("a", "first");
  await store.put("a", "second");
  await store.delete("a@1", { mode: "purge" });
  await store.put("a", "third");
  expect((await store.versions("a")).map(({ state }) => state)).toEqual([
    "enabled",
    "enabled",
    "destroyed",
  ]);
  expect((await failureOf(store.get("a@1"))).code).toBe("Destroyed");
  expect((await failureOf(store.undelete("a@1"))).code).toBe("Destroyed");
});

test("stages are refused as unsupported", async () => {
  const store = local.store();
  await store.put("a", "1");
  expect(await failureOf(store.get("a@stage:CURRENT"))).toMatchObject({
    code: "Unsupported",
    reason: "no-stages",
  });
});

test("a group of writes is committed together, and a failure in it concerns itself alone", async () => {
  const store = local.store();
  await store.put("a", "1");
  const before = (await store.health()).details["generation"] as number;
  const writes = [
    store.put("a", "2", { ifVersion: "1" }),
    store.put("a", "3", { ifVersion: "1" }),
    store.put("a", "4", { ifVersion: "absent" }),
    ...Array.from({ length: 50 }, (_, index) => store.put(`many/${index}`, String(index))),
  ];
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(2);
  expect((await store.get("a")).text()).toBe("2");
  const after = (await store.health()).details["generation"] as number;
  expect(after - before).toBeLessThanOrEqual(3);
});

test("concurrent patches of one secret all count, in one process and between drivers", async () => {
  const [one, other] = [local.store(), local.store({ lockTimeoutMs: 60_000 })];
  await one.put("a", Secret.json({}));
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? one : other).patch("a", { [`f${index}`]: index }),
    ),
  );
  expect((await one.get("a")).fieldNames()).toHaveLength(20);
});

test("what one driver has written, another one reads at once", async () => {
  const [one, other] = [local.store(), local.store()];
  for (let value = 0; value < 50; value += 1) {
    await one.put("a", String(value));
    expect((await other.get("a")).text()).toBe(String(value));
  }
});

test("a watch reports a change that another driver makes, without polling", async () => {
  const [one, other] = [local.store(), local.store()];
  await one.put("a", "1");
  const controller = new AbortController();
  const changes = one.watch(["a", "b"], { signal: controller.signal })[Symbol.asyncIterator]();
  const first = changes.next();
  // The watch has looked once when it reports anything, so write until it does.
  let seen = false;
  void first.then(() => {
    seen = true;
  });
  for (let value = 2; !seen; value += 1) await other.put("b", String(value));
  expect((await first).value).toMatchObject({ ref: "b" });
  controller.abort();
  expect((await changes.next()).done ?? true).toBe(true);
});

test("a watch on a missing store fails as every other call does", async () => {
  await rm(local.file);
  const changes = local.store().watch("a")[Symbol.asyncIterator]();
  expect((await failureOf(changes.next())).reason).toBe("store-missing");
});
