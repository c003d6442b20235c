import { describe, expect, it } from "vitest";
import { orderTag } from "../src/secrets/tags.js";
import { testTls } from "./support.js";
import { failureOf, nativeVersions, vaultUnderTest } from "./vault.js";

const tls = await testTls();

describe("the first calls of a client", () => {
  it("50 at once store 50 values intact", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { open, server } = await vaultUnderTest(tls);
      const store = open({ carryTags: false });
      const numbers = Array.from({ length: 50 }, (_, n) => n);
      await Promise.all(numbers.map((n) => store.put(`first/${n}`, `value ${n} ${"x".repeat(n)}`)));
      const values = await Promise.all(
        numbers.map(async (n) => (await store.get(`first/${n}`)).text()),
      );
      expect(values).toEqual(numbers.map((n) => `value ${n} ${"x".repeat(n)}`));
      // One question for the challenge, and no secret in it.
      const unauthorized = server.requests.filter(({ authorized }) => !authorized);
      expect(unauthorized).toHaveLength(1);
      expect(unauthorized.every(({ bodyBytes }) => bodyBytes === 0)).toBe(true);
    }
  });

  it("store intact as well when the first one fails and the others meet the challenge at once", async () => {
    const { open, server } = await vaultUnderTest(tls);
    const store = open({ carryTags: false });
    server.fail({ action: { type: "reset" }, on: () => true });
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    const results = await Promise.allSettled(numbers.map((n) => store.put(`n/${n}`, `value ${n}`)));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
    const stored = await Promise.all(
      numbers.map(async (n) =>
        results[n]?.status === "fulfilled" ? (await store.get(`n/${n}`)).text() : `value ${n}`,
      ),
    );
    expect(stored).toEqual(numbers.map((n) => `value ${n}`));
    expect(
      server.requests.every(({ authorized, bodyBytes }) => authorized || bodyBytes === 0),
    ).toBe(true);
  });
});

describe("a write", () => {
  it("is plain to other tools", async () => {
    const { native, store } = await vaultUnderTest(tls);
    await store.put("prod/app/db", { password: "p" }, { tags: { owner: "a" } });
    const { name, value, properties } = await native.getSecret("prod--app--db");
    expect(name).toBe("prod--app--db");
    expect(value).toBe('{"password":"p"}');
    expect(properties.contentType).toBe("application/json");
    expect(Object.keys(properties.tags ?? {}).toSorted()).toEqual([orderTag, "owner"]);
  });

  it("takes two requests with the tags of the version before, one with tags or without carryTags", async () => {
    const { open, server, store } = await vaultUnderTest(tls);
    await store.put("a", "1", { tags: { owner: "a" } });
    const count = async (work: () => Promise<unknown>): Promise<number> => {
      const before = server.requests.length;
      await work();
      return server.requests.length - before;
    };
    expect(await count(() => store.put("a", "2"))).toBe(2);
    expect((await store.get("a")).metadata?.tags).toEqual({ owner: "a" });
    expect(await count(() => store.put("a", "3", { tags: { owner: "b" } }))).toBe(1);
    const other = open({ carryTags: false });
    await other.get("a");
    expect(await count(() => other.put("a", "4"))).toBe(1);
    expect((await store.get("a")).metadata?.tags).toEqual({});
  });

  it("keeps the tags of a disabled version", async () => {
    const { native, store } = await vaultUnderTest(tls);
    const { version = "" } = await store.put("a", "1", { tags: { owner: "a" } });
    await native.updateSecretProperties("a", version, { enabled: false });
    await store.put("a", "2");
    expect((await store.get("a")).metadata?.tags).toEqual({ owner: "a" });
  });

  it("is refused when the tags that it has to keep may not be read", async () => {
    const { native, open, server, store } = await vaultUnderTest(tls);
    server.deny(["get"]);
    const error = await failureOf(store.put("a", "1"));
    expect(error).toMatchObject({ code: "PermissionDenied", reason: "tags-unreadable" });
    expect(error.requestId).toMatch(/^[\w-]+$/u);
    await open({ carryTags: false }).put("b", "1");
    await store.put("c", "1", { tags: {} });
    server.deny([]);
    expect(await nativeVersions(native, "a")).toEqual([]);
    expect((await store.get("b")).text()).toBe("1");
    expect((await store.get("c")).text()).toBe("1");
  });

  it("keeps 15 tags of another tool, without a place for its own", async () => {
    const { native, store } = await vaultUnderTest(tls);
    const tags = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`tag${n}`, "x"]));
    await native.setSecret("a", "1", { tags });
    await store.put("a", "2");
    const { value, properties } = await native.getSecret("a");
    expect(value).toBe("2");
    expect(properties.tags).toEqual(tags);
  });

  it("with ifVersion is refused, and nothing is requested", async () => {
    const { server, store } = await vaultUnderTest(tls);
    expect(await failureOf(store.put("a", "1", { ifVersion: "absent" }))).toMatchObject({
      code: "Unsupported",
      reason: "no-checkAndSet",
    });
    expect(server.requests).toEqual([]);
  });
});

describe("names", () => {
  it("with naming: raw are those of the vault", async () => {
    const { native, open } = await vaultUnderTest(tls);
    await native.setSecret("My-Secret--01", "1");
    const store = open({ naming: "raw" });
    expect((await store.get("My-Secret--01")).text()).toBe("1");
    await store.put("My-Secret--01", "2");
    expect((await native.getSecret("My-Secret--01")).value).toBe("2");
    const listed: string[] = [];
    for await (const { path } of store.list()) listed.push(path.join("/"));
    expect(listed).toEqual(["My-Secret--01"]);
    expect(await failureOf(store.get("a/b"))).toMatchObject({ code: "InvalidRef" });
  });

  it("that no path has are not listed, unless raw", async () => {
    const { native, open, store } = await vaultUnderTest(tls);
    for (const name of ["App--Db", "trailing--", "a-b"]) await native.setSecret(name, "1");
    const names = async (from: typeof store): Promise<string[]> => {
      const found: string[] = [];
      for await (const { path } of from.list()) found.push(path.join("/"));
      return found;
    };
    expect(await names(store)).toEqual(["a-b", "app/db"]);
    expect(await names(open({ naming: "raw" }))).toEqual(["a-b", "App--Db", "trailing--"]);
    expect((await store.get("app/db")).text()).toBe("1");
  });
});
