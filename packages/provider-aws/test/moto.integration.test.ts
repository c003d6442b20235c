import { randomBytes } from "node:crypto";
import { createStore, type SecretStore } from "@kinko/core";
import { realMoto } from "@kinko/servers/vitest";
import { createCanary, expectClean } from "@kinko/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { AwsOptions } from "../src/options.js";
import { motoClient, removeBeneath } from "./moto-harness.js";
import { testDriver } from "./support.js";

const { address: endpoint } = realMoto();
const client = motoClient(endpoint);
const prefix = `kinko-test/${randomBytes(6).toString("hex")}/`;
afterAll(() => removeBeneath(client, prefix));

function openStore(options: AwsOptions = {}): SecretStore {
  const store = createStore("aws", testDriver({ endpoint, prefix, ...options }), {
    resilience: false,
  });
  onTestFinished(() => store.close());
  return store;
}

describe("beside other tools", () => {
  test("reads what they wrote, and they read what it wrote", async () => {
    const store = openStore();
    const Name = `${prefix}other/db`;
    await client.createSecret({ Name, SecretString: '{"username":"app","password":"p w"}' });
    expect((await store.get("other/db#password")).text()).toBe("p w");
    await store.patch("other/db", { password: "new" });
    const read = await client.getSecretValue({ SecretId: Name, VersionStage: "AWSCURRENT" });
    expect(JSON.parse(read.SecretString ?? "")).toEqual({ username: "app", password: "new" });
    await store.put("other/text", "plain");
    const text = await client.getSecretValue({ SecretId: `${prefix}other/text` });
    expect(text.SecretString).toBe("plain");
  });

  test("follows a label that they move, and reads by theirs", async () => {
    const store = openStore();
    const first = (await store.put("moved", "first")).version ?? "";
    const second = (await store.put("moved", "second")).version ?? "";
    expect((await store.get("moved@stage:AWSPREVIOUS")).text()).toBe("first");
    await client.updateSecretVersionStage({
      SecretId: `${prefix}moved`,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: first,
      RemoveFromVersionId: second,
    });
    expect((await store.get("moved")).text()).toBe("first");
    expect((await store.versions("moved")).map(({ id, current }) => [id, current])).toEqual([
      [second, false],
      [first, true],
    ]);
    await expect(store.put("moved", "x", { ifVersion: second })).rejects.toMatchObject({
      code: "Conflict",
    });
    await store.put("moved", "third", { ifVersion: first });
    expect((await store.get("moved")).text()).toBe("third");
    await expect(store.get("moved@stage:nowhere")).rejects.toMatchObject({
      code: "VersionNotFound",
    });
  });

  test("moves labels itself, and only from where they are said to be", async () => {
    const store = openStore();
    const first = (await store.put("rollback", "first")).version ?? "";
    const second = (await store.put("rollback", "second")).version ?? "";
    const stages = store.as("awsStages");
    await stages.move("rollback", { stage: "AWSCURRENT", to: first, from: second });
    expect((await store.get("rollback")).text()).toBe("first");
    await stages.move("rollback", { stage: "blue", to: second });
    expect((await store.get("rollback@stage:blue")).text()).toBe("second");
    await stages.move("rollback", { stage: "blue", from: second });
    await expect(store.get("rollback@stage:blue")).rejects.toMatchObject({
      code: "VersionNotFound",
    });
    const wrong = stages.move("rollback", { stage: "AWSCURRENT", to: first, from: second });
    await expect(wrong).rejects.toMatchObject({ code: "InvalidValue", provider: "aws" });
    expect((await store.get("rollback")).text()).toBe("first");
  });

  test("reaches names that they gave with raw names", async () => {
    await client.createSecret({ Name: `${prefix}raw/my-secret`, SecretString: "x" });
    await expect(openStore().get("raw/my-secret")).rejects.toMatchObject({ code: "NotFound" });
    expect((await openStore({ naming: "raw" }).get("raw/my-secret")).text()).toBe("x");
  });

  test("knows a secret that has no value yet", async () => {
    await client.createSecret({ Name: `${prefix}empty` });
    await expect(openStore().get("empty")).rejects.toMatchObject({ reason: "no-value" });
    await openStore().put("empty", "now");
    expect((await openStore().get("empty")).text()).toBe("now");
  });
});

test("every failure is clean of the values", async () => {
  const canary = createCanary();
  const store = openStore();
  await store.put("canary", { password: canary.value });
  await store.put("gone", canary.value);
  await store.delete("gone");
  const failures = await Promise.all(
    [
      store.put("canary", canary.value, { ifVersion: "absent" }),
      store.put("canary", canary.value, { ifVersion: "v".repeat(32) }),
      store.put("canary", `${canary.value}${"x".repeat(65_536)}`),
      store.put("canary", canary.value, { tags: { key: `${canary.value}\n` } }),
      store.put("l".repeat(600), canary.value),
      store.get("canary#missing"),
      store.get("gone"),
      store.get(`canary@${"v".repeat(32)}`),
      store.delete("gone"),
      openStore({ onDeleted: "fail" }).put("gone", canary.value),
    ].map((call) => call.then(() => "no failure").catch((error: unknown) => error)),
  );
  expect(failures.map((failure) => (failure as { code?: string }).code)).toEqual([
    "AlreadyExists",
    "Conflict",
    "TooLarge",
    "InvalidValue",
    "InvalidRef",
    "NotFound",
    "Deleted",
    "VersionNotFound",
    "Deleted",
    "Deleted",
  ]);
  for (const failure of failures) expectClean(failure, canary);
});
