import { Secret, type ListItem, type SecretStore } from "@kinko/core";
import { FakeClock } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { failureOf, serviceUnderTest } from "./google.js";

const signal = new AbortController().signal;

async function collect(items: AsyncIterable<ListItem>): Promise<string[]> {
  const all: string[] = [];
  for await (const { path, type } of items) all.push(`${type} ${path.join("/")}`);
  return all.sort();
}

async function states(store: SecretStore, path: string): Promise<string[]> {
  return (await store.versions(path)).map(({ state }) => state);
}

describe.each(["grpc", "rest"] as const)("over %s", (transport) => {
  test("a read is one request, a write of what exists too, and a new name takes three", async () => {
    const { server, store } = await serviceUnderTest({ transport });
    await store.put("app", "one");
    await store.put("app", "two");
    await store.get("app");
    await store.get("app@1");
    expect(server.requests.map(({ method }) => method)).toEqual([
      "addSecretVersion",
      "createSecret",
      "addSecretVersion",
      "addSecretVersion",
      "accessSecretVersion",
      "accessSecretVersion",
    ]);
  });

  test("the newest version is meant by latest whatever its state", async () => {
    const { server, store } = await serviceUnderTest({ transport });
    const google = store.as("secretManager");
    for (const text of ["one", "two", "three"]) await store.put("app", text);
    await google.disableVersion({ path: ["app"] }, { signal });
    expect(await failureOf(store.get("app"))).toMatchObject({ code: "Disabled" });
    expect(await failureOf(store.get("app@3"))).toMatchObject({ code: "Disabled" });
    const before = server.requests.length;
    expect((await store.get("app@latestEnabled")).text()).toBe("two");
    expect(server.requests.slice(before).map(({ method }) => method)).toEqual([
      "accessSecretVersion",
      "listSecretVersions",
      "accessSecretVersion",
    ]);
    expect(await states(store, "app")).toEqual(["disabled", "enabled", "enabled"]);
    await google.enableVersion({ path: ["app"], version: { kind: "id", id: "3" } }, { signal });
    expect((await store.get("app")).text()).toBe("three");
    await store.delete("app@3", { mode: "purge" });
    expect(await failureOf(store.get("app"))).toMatchObject({ code: "Destroyed" });
    expect((await store.get("app@latestEnabled")).text()).toBe("two");
    expect(await failureOf(store.delete("app@3", { mode: "purge" }))).toMatchObject({
      code: "Destroyed",
    });
    for (const id of ["1", "2"]) await store.delete(`app@${id}`, { mode: "purge" });
    expect(await failureOf(store.get("app@latestEnabled"))).toMatchObject({ code: "Destroyed" });
  });

  test("aliases are stages", async () => {
    const { store } = await serviceUnderTest({ transport });
    const google = store.as("secretManager");
    for (const text of ["one", "two"]) await store.put("app", text);
    await google.setAliases(["app"], { stable: "1", canary: "2", old: "1" }, { signal });
    expect((await store.get("app@stage:stable")).text()).toBe("one");
    expect((await store.get("app@stage:canary")).metadata?.version).toBe("2");
    expect((await store.versions("app")).map(({ stages }) => stages)).toEqual([
      ["canary"],
      ["old", "stable"],
    ]);
    for (const stage of ["missing", "latest", "NEW", "1", "a.b"]) {
      expect(await failureOf(store.get(`app@stage:${stage}`)), stage).toMatchObject({
        code: "VersionNotFound",
      });
    }
    expect(await failureOf(store.get("none@stage:stable"))).toMatchObject({ code: "NotFound" });
    expect(await failureOf(google.setAliases(["app"], { stable: "9" }, { signal }))).toMatchObject({
      code: "InvalidValue",
    });
    expect((await google.properties(["app"], { signal })).aliases).toEqual({
      stable: "1",
      canary: "2",
      old: "1",
    });
  });

  test.each(["0", "-1", "01", "1.0", "abc", "9".repeat(30)])(
    "the id %s is never read as another version, and never asked for",
    async (id) => {
      const { server, store } = await serviceUnderTest({ transport });
      await store.put("app", "one");
      const before = server.requests.length;
      expect(await failureOf(store.get({ path: "app", version: id }))).toMatchObject({
        code: "VersionNotFound",
      });
      expect(server.requests.length).toBe(before);
    },
  );

  test("a delayed destruction can be taken back until its time has come", async () => {
    const clock = new FakeClock();
    const options = { transport, versionDestroyTtlSeconds: 86_400 };
    const { store } = await serviceUnderTest(options, { clock });
    const google = store.as("secretManager");
    await store.put("app", "one");
    await store.put("app", "two");
    expect((await google.properties(["app"], { signal })).versionDestroyTtlSeconds).toBe(86_400);
    await store.delete("app@1", { mode: "purge" });
    await store.delete("app@2", { mode: "purge" });
    expect(await failureOf(store.get("app"))).toMatchObject({
      code: "Disabled",
      reason: "scheduled-destruction",
    });
    const second = { path: ["app"], version: { kind: "id", id: "2" } } as const;
    await google.enableVersion(second, { signal });
    expect((await store.get("app")).text()).toBe("two");
    clock.jumpWallClock(86_400_000);
    expect(await states(store, "app")).toEqual(["enabled", "destroyed"]);
    expect(await failureOf(store.get("app@1"))).toMatchObject({ code: "Destroyed" });
  });

  test("new secrets are marked, and replicated as the config says", async () => {
    const replicaLocations = ["europe-west1", "europe-west3"];
    const { store } = await serviceUnderTest({ transport, replicaLocations });
    await store.put("app", "x");
    const properties = await store.as("secretManager").properties(["app"], { signal });
    expect(properties.labels).toEqual({ "managed-by": "kinko" });
    expect(properties.createdAt?.getTime()).toBeGreaterThan(0);
    expect(properties.topics).toEqual([]);
  });

  test("regional secrets are apart from global ones", async () => {
    const { open, store } = await serviceUnderTest({ transport });
    const regional = open({ location: "europe-west1" });
    await regional.put("app", "regional");
    expect(await store.tryGet("app")).toBeUndefined();
    await store.put("app", "global");
    expect((await regional.get("app")).text()).toBe("regional");
    expect(await collect(regional.list())).toEqual(["secret app"]);
    await regional.delete("app", { mode: "purge" });
    expect((await store.get("app")).text()).toBe("global");
  });

  test("names of other tools are listed where a path has them, and all with raw names", async () => {
    const { open, store } = await serviceUnderTest({ transport });
    const raw = open({ naming: "raw" });
    for (const name of ["plain", "a____b", "team__db", "x_"]) await raw.put(name, name);
    expect(await collect(store.list())).toEqual(["secret plain", "secret team/db", "secret x_"]);
    expect((await store.get("team/db")).text()).toBe("team__db");
    expect(await collect(raw.list())).toEqual([
      "secret a____b",
      "secret plain",
      "secret team__db",
      "secret x_",
    ]);
    expect(await collect(raw.list({ prefix: "team__db" }))).toEqual([]);
    expect(await failureOf(raw.get("team/db"))).toMatchObject({ code: "InvalidRef" });
  });

  test("folders are listed once, also over pages and from a cursor", async () => {
    const { store } = await serviceUnderTest({ transport });
    for (const name of ["a/1", "b/1", "top", "a/2", "b/2", "c/1"]) await store.put(name, "x");
    const shown: string[] = [];
    let cursor: string | undefined;
    do {
      for await (const page of store.list({ recursive: false, pageSize: 1, cursor }).pages()) {
        shown.push(...page.items.map(({ path, type }) => `${type} ${path.join("/")}`));
        cursor = page.nextCursor;
        break;
      }
    } while (cursor !== undefined);
    expect(shown.sort()).toEqual(["folder a", "folder b", "folder c", "secret top"]);
    expect(
      await failureOf(store.list({ cursor: "bm90IGEgY3Vyc29y" })[Symbol.asyncIterator]().next()),
    ).toMatchObject({ code: "InvalidValue", reason: "invalid-cursor" });
  });

  test("tags are annotations", async () => {
    const { open } = await serviceUnderTest({ transport });
    const store = open({ tags: true });
    const tags = { owner: "Team A, 世界", "cost.center": "" };
    await store.put("app", "one", { tags });
    const google = store.as("secretManager");
    expect((await google.properties(["app"], { signal })).annotations).toEqual(tags);
    await store.put("app", "two", { tags: {} });
    expect((await store.get("app")).metadata?.tags).toEqual({});
    for (const bad of [{ "": "x" }, { "-a": "x" }, { ä: "x" }, { a: "x".repeat(16_384) }]) {
      expect(await failureOf(store.put("app", "three", { tags: bad }))).toMatchObject({
        code: "InvalidValue",
        reason: "invalid-tag",
      });
    }
    expect((await store.get("app")).text()).toBe("two");
  });

  test("a value that is too long is refused before any request", async () => {
    const { server, store } = await serviceUnderTest({ transport });
    const values = [Secret.text("x".repeat(65_537)), Secret.binary(Buffer.alloc(65_536, "x"))];
    for (const value of values) {
      expect(await failureOf(store.put("app", value))).toMatchObject({ code: "TooLarge" });
    }
    expect(server.requests).toEqual([]);
  });

  test("20 writers of a new name all write, each a version of its own", async () => {
    const { store } = await serviceUnderTest({ transport });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.put("race", `writer ${index}`)),
    );
    expect(new Set(results.map(({ version }) => version)).size).toBe(20);
    expect(await store.versions("race")).toHaveLength(20);
  });
});
