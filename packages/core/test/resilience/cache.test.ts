import { describe, expect, test } from "vitest";
import { flushMicrotasks } from "@kinko/testing";
import { MemoryFault } from "@kinko/testing/memory";
import { isSecretError } from "../../src/index.js";
import { cached, clock, down, elsewhere, hook, provider, reads } from "../support/cached-store.js";
import { deferred, failureOf, limited } from "../support/limited.js";

describe("a cached read", () => {
  test("asks the store once within the time to live", async () => {
    const store = cached();
    for (let second = 0; second < 60; second += 1) {
      expect((await store.get("a")).text()).toBe("old");
      await clock.advance(second === 59 ? 0 : 1_000);
    }
    expect(reads).toEqual(["a"]);
    await clock.advance(1_000);
    await store.get("a");
    expect(reads).toEqual(["a", "a"]);
  });

  test("shares one request among the whole secret and all its fields, however they are written", async () => {
    const store = cached();
    expect((await store.get("db#user")).text()).toBe("app");
    expect((await store.get("db#password")).text()).toBe("s3cret");
    expect((await store.get("db#password")).text()).toBe("s3cret");
    expect((await store.get({ path: ["db"], field: "user" })).text()).toBe("app");
    expect((await store.get("db")).kind).toBe("json");
    expect(await failureOf(store.get("db#none"))).toMatchObject({
      code: "NotFound",
      reason: "field-not-found",
      provider: "memory",
      ref: "db#none",
    });
    expect(reads).toEqual(["db"]);
  });

  test("gives each caller a secret of its own", async () => {
    const store = cached();
    const first = await store.get("a");
    const second = await store.get("a");
    first.dispose();
    expect(second.text()).toBe("old");
    second.dispose();
    expect((await store.get("a")).text()).toBe("old");
  });

  test("is fresh on demand, which renews the cache", async () => {
    const store = cached();
    await store.get("a");
    await elsewhere().put("a", "new");
    expect((await store.get("a")).text()).toBe("old");
    expect((await store.get("a", { fresh: true })).text()).toBe("new");
    expect((await store.get("a")).text()).toBe("new");
  });

  test("keeps versions apart", async () => {
    await elsewhere().put("a", "new");
    const store = cached();
    expect((await store.get("a@1")).text()).toBe("old");
    expect((await store.get("a")).text()).toBe("new");
    expect((await store.get("a@1")).text()).toBe("old");
    expect(reads).toHaveLength(2);
  });

  test("ends with the value's own validity, and is not served stale after it", async () => {
    const driver = limited(provider, {
      methods: {
        get: async (ref, options) => ({
          ...(await provider.get(ref, options)),
          expiresAt: new Date(clock.now() + 10_000),
        }),
      },
    });
    const store = cached({}, driver);
    await store.get("a");
    await clock.advance(9_999);
    await store.get("a");
    expect(reads).toHaveLength(1);
    down();
    await clock.advance(1);
    const failure = failureOf(store.get("a"));
    await clock.advance(10_000);
    expect(await failure).toMatchObject({ code: "Unavailable" });
  });

  test("ages while the machine is suspended, and does not get younger with the wall clock", async () => {
    const store = cached();
    await store.get("a");
    clock.jumpWallClock(60_000);
    await store.get("a");
    expect(reads).toHaveLength(2);
    clock.jumpWallClock(-60_000);
    await clock.advance(60_000);
    await store.get("a");
    expect(reads).toHaveLength(3);
  });

  test("works for many at once, in bulk and one by one", async () => {
    for (const driver of [provider, limited(provider, { without: ["bulkGet"] })]) {
      reads.length = 0;
      const store = cached({}, driver);
      await store.get("a");
      const found = await store.getMany(["a", "b", "db#user", "db#password"]);
      expect([...found.values()].map((secret) => secret.text())).toEqual([
        "old",
        "b",
        "app",
        "s3cret",
      ]);
      const before = reads.length;
      await store.getMany(["a", "b", "db#user"]);
      await store.get("b");
      expect(reads).toHaveLength(before);
      await store.getMany(["a"], { fresh: true });
    }
  });
});

describe("many callers at once", () => {
  test("of one cold name make one request: 10,000", async () => {
    const store = cached();
    const values = await Promise.all(Array.from({ length: 10_000 }, () => store.get("a")));
    expect(new Set(values.map((secret) => secret.text()))).toEqual(new Set(["old"]));
    expect(new Set(values).size).toBe(10_000);
    expect(reads).toEqual(["a"]);
  });

  test("do not fail with one that gives up, and the request ends when nobody waits", async () => {
    const answer = deferred<void>();
    const signals: AbortSignal[] = [];
    hook.run = ({ signal }) => {
      signals.push(signal);
      return answer.promise;
    };
    const store = cached();
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => store.get("a", { signal }));
    const [first, second] = calls as [Promise<unknown>, Promise<unknown>];
    await flushMicrotasks();
    controllers[0]?.abort();
    expect(await failureOf(first)).toMatchObject({ code: "Aborted" });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    controllers[1]?.abort();
    expect(await failureOf(second)).toMatchObject({ code: "Aborted" });
    await flushMicrotasks();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    hook.run = undefined;
    expect((await store.get("a")).text()).toBe("old");
  });

  test("have each their own deadline, also when the first one's was shorter", async () => {
    let hang = true;
    hook.run = ({ signal }) =>
      hang
        ? new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(new MemoryFault("Aborted"))),
          )
        : undefined;
    const store = cached();
    const short = failureOf(store.get("a", { timeoutMs: 100 }));
    const long = store.get("a", { timeoutMs: 5_000 });
    await clock.advance(50);
    hang = false;
    await clock.advance(50);
    expect(await short).toMatchObject({ code: "Timeout" });
    expect((await long).text()).toBe("old");
    expect(reads).toHaveLength(2);
  });

  test("all learn of a failure", async () => {
    down("PermissionDenied");
    const store = cached();
    const calls = await Promise.allSettled([store.get("a"), store.get("a")]);
    for (const call of calls) {
      expect(call.status === "rejected" && isSecretError(call.reason, "PermissionDenied")).toBe(
        true,
      );
    }
    expect(reads).toHaveLength(1);
  });
});
