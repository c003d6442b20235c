import { FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import { describe, expect, test } from "vitest";
import { createFailoverStore, createStore, UnavailableError } from "../../src/index.js";
import type { FailoverEvent, SecretStore } from "../../src/index.js";
import { failureOf } from "../support/limited.js";

interface Subject {
  readonly store: SecretStore;
  readonly one: SecretStore;
  readonly two: SecretStore;
  /** What each store fails with. */
  readonly failing: Map<string, Error>;
}

const refused = new UnavailableError("Refused.", { reason: "connection-refused" });
const reset = new UnavailableError("Reset.", { reason: "connection-reset" });

function subject(options: { readonly writes?: boolean } = { writes: true }): Subject {
  const clock = new FakeClock();
  const failing = new Map<string, Error>();
  const make = (name: string, secrets: Record<string, string>): SecretStore => {
    const beforeCall = (): void => {
      const failure = failing.get(name);
      if (failure !== undefined) throw failure;
    };
    const driver = createMemoryProvider({ secrets }, { clock, beforeCall });
    return createStore(name, driver, { clock, resilience: false });
  };
  const [one, two] = [make("one", { a: "old", b: "b" }), make("two", { a: "other" })];
  return { store: createFailoverStore(one, [two], { clock, ...options }), one, two, failing };
}

const textOf = async (store: SecretStore, ref: string): Promise<string> =>
  (await store.get(ref)).text();

describe("a write that the first store has certainly not carried out", () => {
  test.each([
    ["refused", refused],
    ["sealed", new MemoryFault("Sealed")],
    ["limited", new MemoryFault("RateLimited")],
  ])("goes on to the next one, and is read there: %s", async (_why, failure) => {
    const { store, one, two, failing } = subject();
    const events: FailoverEvent[] = [];
    store.on("failover", (event) => events.push(event));
    failing.set("one", failure);
    await store.put("a", "new");
    expect(await textOf(two, "a")).toBe("new");
    expect(events).toMatchObject([{ provider: "one", to: "two", operation: "put" }]);
    failing.clear();
    expect(await textOf(one, "a")).toBe("old");
    expect(await textOf(store, "a")).toBe("new");
    expect((await store.tryGet("a"))?.text()).toBe("new");
    const many = await store.getMany(["a", "b"]);
    expect([many.get("a")?.text(), many.get("b")?.text()]).toEqual(["new", "b"]);
  });

  test("is never followed by an older value, also when the other store is down then", async () => {
    const { store, failing } = subject();
    failing.set("one", refused);
    await store.put("a", "new");
    failing.clear();
    failing.set("two", refused);
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unavailable" });
    expect(await failureOf(store.getMany(["b", "a"]))).toMatchObject({ code: "Unavailable" });
    expect(await textOf(store, "b")).toBe("b");
  });

  test("counts no more when the first store has taken a newer one", async () => {
    const { store, failing } = subject();
    failing.set("one", refused);
    await store.put("a", "new");
    failing.clear();
    await store.put("a", "newest");
    failing.set("two", refused);
    expect(await textOf(store, "a")).toBe("newest");
  });

  test("is changed and deleted where it is, and in the first store as well", async () => {
    const { store, one, two, failing } = subject();
    failing.set("one", refused);
    await store.put("a", { user: "x" });
    await store.put("fresh", "1");
    await store.patch("a", { user: "y" });
    failing.clear();
    expect(await textOf(two, "a#user")).toBe("y");
    for (const path of ["a", "fresh"]) {
      await store.delete(path);
      for (const each of [store, one, two])
        expect(await each.tryGet(path).catch(() => undefined)).toBeUndefined();
    }
  });

  test("fails with what the first store said when all are down", async () => {
    const { store, failing } = subject();
    failing.set("one", new MemoryFault("Sealed"));
    failing.set("two", refused);
    expect(await failureOf(store.put("a", "new"))).toMatchObject({ code: "Sealed" });
  });
});

describe("a write stays with the first store", () => {
  test.each([
    ["it may have been carried out", reset],
    ["the time was over", new MemoryFault("Timeout")],
    ["it was refused", new MemoryFault("PermissionDenied")],
  ])("when %s", async (_why, failure) => {
    const { store, two, failing } = subject();
    failing.set("one", failure);
    await failureOf(store.put("a", "new"));
    expect(await textOf(two, "a")).toBe("other");
  });

  test("when it is for a certain version", async () => {
    const { store, two, failing } = subject();
    failing.set("one", refused);
    for (const ifVersion of ["1", "absent"]) {
      expect(await failureOf(store.put("a", "new", { ifVersion }))).toMatchObject({
        code: "Unavailable",
      });
    }
    expect(await textOf(two, "a")).toBe("other");
  });

  test("unless that was asked for", async () => {
    const { store, two, failing } = subject({});
    failing.set("one", refused);
    expect(await failureOf(store.put("a", "new"))).toMatchObject({ code: "Unavailable" });
    expect(await textOf(two, "a")).toBe("other");
  });
});
