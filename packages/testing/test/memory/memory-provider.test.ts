import { createStore, isProviderFactory, isSecretError, openStore } from "@kinko/core";
import { describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock } from "../../src/index.js";
import { createMemoryProvider, MemoryFault, provider } from "../../src/memory/index.js";

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    return isSecretError(error) ? error.code : String(error);
  }
}

describe("the memory provider", () => {
  test("is opened by a config like every other", async () => {
    expect(isProviderFactory(provider)).toBe(true);
    const store = await openStore({
      config: {
        provider: "memory",
        providers: { memory: { secrets: { "app/db": { user: "app" }, plain: "text" } } },
      },
      env: {},
      importProvider: () => import("../../src/memory/index.js"),
    });
    expect((await store.get("app/db#user")).text()).toBe("app");
    expect((await store.get("plain")).kind).toBe("text");
    await store.close();
  });

  test.each([
    [{ maxVersions: 0 }, '"providers.memory.maxVersions" must be at least 1.'],
    [{ latencyMS: 5 }, 'unknown option "providers.memory.latencyMS". Did you mean "latencyMs"?'],
    [{ allow: ["read"] }, '"providers.memory.allow.0" must be'],
  ])("refuses the options %j", async (options, words) => {
    const opening = openStore({
      config: { provider: "memory", providers: { memory: options } },
      env: {},
      importProvider: () => import("../../src/memory/index.js"),
    });
    await expect(opening).rejects.toThrow(words);
  });

  test("keeps as many versions as it is told, and forgets the oldest", async () => {
    const store = createStore("memory", createMemoryProvider({ maxVersions: 2 }));
    for (const value of ["1", "2", "3"]) await store.put("a", value);
    expect((await store.versions("a")).map(({ id }) => id)).toEqual(["3", "2"]);
    expect(await codeOf(store.get("a@1"))).toBe("VersionNotFound");
    expect(await codeOf(store.put("a", "x", { ifVersion: "1" }))).toBe("Conflict");
  });

  test("takes its time by the clock, and stops when it is told to", async () => {
    const clock = new FakeClock();
    const store = createStore("memory", createMemoryProvider({ latencyMs: 100 }, { clock }), {
      clock,
    });
    let done = false;
    const writing = store.put("a", "x").then(() => (done = true));
    await clock.advance(99);
    expect(done).toBe(false);
    await clock.advance(1);
    await writing;
    const late = codeOf(store.put("a", "y", { timeoutMs: 50 }));
    await clock.advance(200);
    expect(await late).toBe("Timeout");
    const reading = store.get("a");
    await clock.advance(100);
    expect((await reading).text()).toBe("x");
    expect(clock.pendingTimers).toBe(0);
  });

  test("dates versions by the clock", async () => {
    const clock = new FakeClock({ nowMs: 5_000 });
    const store = createStore("memory", createMemoryProvider({}, { clock }));
    await store.put("a", "x");
    await clock.advance(1_000);
    await store.delete("a");
    const [version] = await store.versions("a");
    expect([version?.createdAt?.getTime(), version?.deletedAt?.getTime()]).toEqual([5_000, 6_000]);
  });

  test("allows what it is told to, and refuses the rest before it looks", async () => {
    const store = createStore(
      "memory",
      createMemoryProvider({ allow: ["get"], secrets: { a: "x" } }),
    );
    expect((await store.get("a")).text()).toBe("x");
    expect(await codeOf(store.get("missing"))).toBe("NotFound");
    for (const call of [
      store.put("a", "y"),
      store.delete("a"),
      store.patch("missing", { a: 1 }),
      store.undelete("missing"),
      store.versions("missing"),
      store.list()[Symbol.asyncIterator]().next(),
    ]) {
      expect(await codeOf(call)).toBe("PermissionDenied");
    }
  });

  test("fails as a hook tells it to, and changes nothing then", async () => {
    const canary = createCanary();
    let fault: Error | undefined;
    const calls: string[] = [];
    const store = createStore(
      "memory",
      createMemoryProvider(
        { secrets: { a: "x" } },
        {
          beforeCall: ({ operation, path }) => {
            calls.push(`${operation} ${path?.join("/") ?? "everything"}`);
            if (fault !== undefined) throw fault;
          },
        },
      ),
      { resilience: false },
    );
    for (const [thrown, code] of [
      [new MemoryFault("Sealed"), "Sealed"],
      [new Error(canary.value), "Internal"],
      [Object.assign(new Error(canary.value), { name: "AbortError" }), "Aborted"],
    ] as const) {
      fault = thrown;
      const error: unknown = await store.put("a", canary.value).catch((caught: unknown) => caught);
      expect(isSecretError(error) && error.code).toBe(code);
      expectClean(error, canary);
    }
    fault = undefined;
    expect((await store.get("a")).text()).toBe("x");
    await store.health();
    expect(calls).toEqual(["put a", "put a", "put a", "get a", "health everything"]);
  });

  test("goes on with a listing where it was, whatever was written meanwhile", async () => {
    const secrets = Object.fromEntries(["b", "d", "f", "h"].map((name) => [name, "x"]));
    const store = createStore("memory", createMemoryProvider({ secrets }));
    const names: string[] = [];
    for await (const page of store.list({ pageSize: 2 }).pages()) {
      names.push(...page.items.map(({ path }) => path.join("/")));
      if (names.length > 2) continue;
      await store.put("a", "before the cursor");
      await store.put("g", "behind it");
      await store.delete("f", { mode: "purge" });
    }
    expect(names).toEqual(["b", "d", "g", "h"]);
  });

  test("has nothing left after close", async () => {
    const driver = createMemoryProvider({ secrets: { a: "x" } });
    await driver.close();
    await driver.close();
    const { signal } = new AbortController();
    const error: unknown = await driver
      .get({ path: ["a"] }, { signal })
      .catch((caught: unknown) => caught);
    expect(driver.classifyError(error).code).toBe("Closed");
  });

  test("hands out copies: nobody can change what is kept", async () => {
    const store = createStore("memory", createMemoryProvider());
    const tags = { owner: "me" };
    const value = Buffer.from("value");
    await store.put("a", value, { tags });
    tags.owner = "you";
    value.fill(0);
    (await store.get("a")).dispose();
    const secret = await store.get("a");
    expect(secret.text()).toBe("value");
    expect(secret.metadata?.tags).toEqual({ owner: "me" });
  });
});
