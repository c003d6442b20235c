import { describe, expect, test } from "vitest";
import { FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import { createFailoverStore, createStore } from "../../src/index.js";
import type { FailoverEvent, ResilienceOptions, SecretStore } from "../../src/index.js";
import { failureOf } from "../support/limited.js";

interface Subject {
  readonly store: SecretStore;
  readonly clock: FakeClock;
  readonly calls: string[];
  readonly fail: (name: "one" | "two", code: MemoryFault["code"] | undefined) => void;
}

function subject(resilience: ResilienceOptions | false = false): Subject {
  const clock = new FakeClock();
  const calls: string[] = [];
  const failing = new Map<string, MemoryFault["code"]>();
  const make = (name: string, secrets: Record<string, string>): SecretStore =>
    createStore(
      name,
      createMemoryProvider(
        { secrets },
        {
          clock,
          beforeCall: ({ operation }) => {
            calls.push(`${name} ${operation}`);
            const code = failing.get(name);
            if (code !== undefined) throw new MemoryFault(code);
          },
        },
      ),
      { clock, resilience, random: () => 0.5 },
    );
  const store = createFailoverStore(
    make("one", { a: "of one", b: "b" }),
    [make("two", { a: "of two" })],
    { clock },
  );
  return {
    store,
    clock,
    calls,
    fail: (name, code) => {
      if (code === undefined) failing.delete(name);
      else failing.set(name, code);
    },
  };
}

describe("a store with another one behind it", () => {
  test("asks the first one as long as it answers", async () => {
    const { store, calls } = subject();
    expect((await store.get("a")).text()).toBe("of one");
    expect(calls).toEqual(["one get"]);
  });

  test.each(["Unavailable", "Sealed", "Timeout", "RateLimited"] as const)(
    "reads from the other one on %s, and tells who answered",
    async (code) => {
      const { store, fail } = subject();
      const events: FailoverEvent[] = [];
      store.on("failover", (event) => events.push(event));
      fail("one", code);
      const secret = await store.get("a");
      expect([secret.text(), secret.metadata?.provider]).toEqual(["of two", "two"]);
      expect((await store.tryGet("a"))?.text()).toBe("of two");
      expect((await store.getMany(["a"])).get("a")?.text()).toBe("of two");
      const many = await store.getMany(["a"], { onError: () => undefined });
      expect(many.get("a")?.text()).toBe("of two");
      expect(events[0]).toMatchObject({ provider: "one", to: "two", operation: "get", code });
    },
  );

  test.each(["PermissionDenied", "Unauthenticated", "NotFound", "Deleted", "Corrupt"] as const)(
    "never on %s",
    async (code) => {
      const { store, fail, calls } = subject();
      fail("one", code);
      expect(await failureOf(store.get("a"))).toMatchObject({ code, provider: "one" });
      expect(calls).toEqual(["one get"]);
    },
  );

  test("writes, lists and watches only the first one", async () => {
    const { store, fail, calls } = subject();
    fail("one", "Unavailable");
    for (const call of [
      store.put("a", "x"),
      store.delete("a"),
      store.versions("a"),
      store.list()[Symbol.asyncIterator]().next(),
    ]) {
      expect(await failureOf(call)).toMatchObject({ code: "Unavailable", provider: "one" });
    }
    expect(calls.filter((call) => call.startsWith("two"))).toEqual([]);
  });

  test("fails as the first one did when none answers", async () => {
    const { store, fail } = subject();
    fail("one", "Sealed");
    fail("two", "Unavailable");
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Sealed", provider: "one" });
  });

  test("says what the other one says: what is not there is not there", async () => {
    const { store, fail } = subject();
    fail("one", "Unavailable");
    expect(await failureOf(store.get("b"))).toMatchObject({ code: "NotFound", provider: "two" });
  });

  test("prefers another store's answer to its own stale value, and that to a failure", async () => {
    const { store, clock, fail } = subject({ retry: false, cache: {} });
    await store.get("a");
    await clock.advance(60_000);
    fail("one", "Unavailable");
    expect((await store.get("a")).text()).toBe("of two");
    await clock.advance(60_000);
    fail("two", "Unavailable");
    const stale = await store.get("a");
    expect([stale.text(), stale.metadata?.stale]).toEqual(["of one", true]);
    expect((await store.getMany(["a"])).get("a")?.metadata?.stale).toBe(true);
    expect(await failureOf(store.get("a", { allowStale: false }))).toMatchObject({
      code: "Unavailable",
    });
  });

  test("shares one deadline: a first store that hangs leaves time for the second", async () => {
    const clock = new FakeClock();
    const hanging = createStore("one", createMemoryProvider({ latencyMs: 60_000 }, { clock }), {
      clock,
    });
    const other = createStore("two", createMemoryProvider({ secrets: { a: "of two" } }), { clock });
    const store = createFailoverStore(hanging, [other], { clock, timeoutMs: 4_000 });
    const reading = store.get("a");
    await clock.advance(2_000);
    expect((await reading).text()).toBe("of two");
  });

  test("cannot take over from itself", () => {
    const store = createStore("one", createMemoryProvider());
    expect(() => createFailoverStore(store, [store])).toThrow(
      expect.objectContaining({ code: "Config", reason: "bad-failover" }) as Error,
    );
  });
});
