import { describe, expect, test } from "vitest";
import { createCanary, expectClean, flushMicrotasks } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import { createStore } from "../../src/index.js";
import { cached, clock, down, elsewhere, hook, provider, reads } from "../support/cached-store.js";
import { deferred, failureOf, limited } from "../support/limited.js";

describe("an own write", () => {
  test("is seen by the next read", async () => {
    const store = cached();
    await store.get("a");
    await store.put("a", "new");
    expect((await store.get("a")).text()).toBe("new");
    await store.get("db#user");
    await store.patch("db", { user: "other" });
    expect((await store.get("db#user")).text()).toBe("other");
    await store.delete("a");
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Deleted" });
    await store.undelete("a");
    expect((await store.get("a")).text()).toBe("new");
  });

  test("is not undone by a read that began before it", async () => {
    const gate = deferred<void>();
    const store = cached(
      {},
      limited(provider, {
        methods: {
          get: async (ref, options) => {
            const found = await provider.get(ref, options);
            if (reads.length === 1) await gate.promise;
            return found;
          },
        },
      }),
    );
    const slow = store.get("a");
    await flushMicrotasks();
    await store.put("a", "new");
    gate.resolve();
    expect((await slow).text()).toBe("old");
    expect((await store.get("a")).text()).toBe("new");
  });

  test("whose outcome is unknown makes the next read ask, however often it was read just now", async () => {
    const store = cached();
    for (let read = 0; read < 3; read += 1) await store.get("a");
    expect(reads).toHaveLength(1);
    const driver = provider;
    hook.run = ({ operation }) => {
      if (operation !== "put") return;
      hook.run = undefined;
      throw new MemoryFault("Unavailable");
    };
    await failureOf(store.put("a", "lost"));
    await createStore("memory", driver, { clock }).put("a", "new");
    expect((await store.get("a")).text()).toBe("new");
  });
});

describe("refresh ahead", () => {
  test("renews a value in use before it runs out, without waiting", async () => {
    const store = cached({ refreshAheadRatio: 0.5 });
    await store.get("a");
    await elsewhere().put("a", "new");
    await clock.advance(30_000);
    expect((await store.get("a")).text()).toBe("old");
    await flushMicrotasks();
    expect((await store.get("a")).text()).toBe("new");
    expect(reads).toHaveLength(2);
  });

  test("tries once, and its failure disturbs nobody", async () => {
    const store = cached({ refreshAheadRatio: 0.5 });
    await store.get("a");
    down();
    await clock.advance(30_000);
    for (let count = 0; count < 10; count += 1) {
      expect((await store.get("a")).metadata?.stale).toBeUndefined();
      await flushMicrotasks();
    }
    expect(reads).toHaveLength(2);
  });

  test("takes away what was revoked", async () => {
    const store = cached({ refreshAheadRatio: 0.5 });
    await store.get("a");
    down("PermissionDenied");
    await clock.advance(30_000);
    await store.get("a");
    await flushMicrotasks();
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "PermissionDenied" });
  });
});

describe("bounds", () => {
  test("hold for entries: the least recently used goes first", async () => {
    const store = cached({ maxEntries: 2 });
    await store.get("a");
    await clock.advance(1);
    await store.get("b");
    await clock.advance(1);
    await store.get("a");
    await store.get("c");
    await clock.advance(1);
    await store.get("a");
    expect(reads).toEqual(["a", "b", "c"]);
    await store.get("b");
    expect(reads).toEqual(["a", "b", "c", "b"]);
  });

  test("hold for bytes: what does not fit is read each time", async () => {
    const store = cached({ maxBytes: 4 });
    await store.get("db");
    await store.get("db");
    await store.get("a");
    await store.get("a");
    expect(reads).toEqual(["db", "db", "a"]);
  });

  test("of time are those of the longest prefix", async () => {
    const driver = createMemoryProvider(
      { secrets: { "x/y/z": "1", "x/q": "2", xy: "3" } },
      { clock, beforeCall: ({ path }) => void reads.push(String(path?.join("/"))) },
    );
    const store = cached(
      {
        paths: [
          { prefix: "x", ttlSeconds: 10 },
          { prefix: "x/y", ttlSeconds: 30 },
        ],
      },
      driver,
    );
    const all = ["x/y/z", "x/q", "xy"];
    for (const ref of all) await store.get(ref);
    reads.length = 0;
    await clock.advance(10_000);
    for (const ref of all) await store.get(ref);
    expect(reads).toEqual(["x/q"]);
    await clock.advance(20_000);
    reads.length = 0;
    for (const ref of all) await store.get(ref);
    expect(reads).toEqual(["x/y/z", "x/q"]);
  });
});

describe("erasure and events", () => {
  test("a closed store has nothing left, and what callers hold stays theirs", async () => {
    const store = cached();
    const held = await store.get("a");
    const causes: string[] = [];
    store.on("evicted", ({ cause }) => causes.push(cause));
    await store.close();
    expect(causes).toEqual(["closed"]);
    expect(held.text()).toBe("old");
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Closed" });
  });

  test("tell what happened, without names and values", async () => {
    const canary = createCanary();
    await elsewhere().put("secret-name", canary.value);
    const store = cached({ maxStaleSeconds: 60 });
    const events: unknown[] = [];
    const names: string[] = [];
    const sources: unknown[] = [];
    store.on("call-end", ({ source }) => sources.push(source));
    for (const name of ["cache-hit", "cache-miss", "stale-served", "evicted"] as const) {
      store.on(name, (event) => {
        names.push(name);
        events.push(event);
      });
    }
    await store.get("secret-name");
    await store.get("secret-name");
    down();
    await clock.advance(60_000);
    await store.get("secret-name");
    expect(names).toEqual(["cache-miss", "cache-hit", "cache-miss", "stale-served"]);
    expect(sources).toEqual(["store", "cache", "stale"]);
    expectClean(events, canary);
    expect(JSON.stringify(events)).not.toContain("secret-name");
  });
});
