import { describe, expect, test } from "vitest";
import { isSecretError } from "../../src/index.js";
import { isOutage } from "../../src/resilience/failure-classes.js";
import { cached, clock, down, hook, reads } from "../support/cached-store.js";
import { failureOf } from "../support/limited.js";

describe("a store that cannot answer", () => {
  test.each(["Unavailable", "Sealed", "Timeout", "RateLimited"] as const)(
    "(%s): the last value is served, marked with its age, up to its limit",
    async (code) => {
      const store = cached({ maxStaleSeconds: 120 });
      await store.get("a");
      down(code);
      await clock.advance(60_000);
      const stale = await store.get("a");
      expect(stale.text()).toBe("old");
      expect(stale.metadata).toMatchObject({ stale: true, ageMs: 60_000, path: "a" });
      await clock.advance(119_999);
      expect((await store.get("a")).metadata).toMatchObject({ stale: true, ageMs: 179_999 });
      await clock.advance(1);
      const failure = failureOf(store.get("a"));
      await clock.advance(10_000);
      expect(await failure).toMatchObject({ code });
    },
  );

  test("answers again: the value is no longer stale", async () => {
    const store = cached();
    await store.get("a");
    down();
    await clock.advance(60_000);
    expect((await store.get("a")).metadata?.stale).toBe(true);
    hook.run = undefined;
    expect((await store.get("a")).metadata?.stale).toBeUndefined();
  });

  test("and hangs: the last value is served after a second", async () => {
    const store = cached();
    await store.get("a");
    hook.run = () => new Promise(() => undefined);
    await clock.advance(60_000);
    const reading = store.get("a");
    await clock.advance(1_000);
    expect((await reading).metadata?.stale).toBe(true);
    // The request is still under way, and has had its second.
    expect((await store.get("a")).metadata?.stale).toBe(true);
    expect(reads).toHaveLength(2);
  });

  test("is spared by the breaker, and the last values go on being served", async () => {
    const store = cached();
    await store.get("a");
    down();
    await clock.advance(60_000);
    for (let count = 0; count < 20; count += 1) {
      expect((await store.get("a")).metadata?.stale).toBe(true);
    }
    expect(reads).toHaveLength(1 + 5);
    expect(await failureOf(store.get("a", { allowStale: false }))).toMatchObject({
      code: "CircuitOpen",
    });
    expect(await failureOf(store.get("a", { fresh: true }))).toMatchObject({ code: "CircuitOpen" });
    expect((await store.getMany(["a"])).get("a")?.metadata?.stale).toBe(true);
  });

  test("loses no value to a write that failed", async () => {
    const store = cached();
    await store.get("a");
    down("Sealed");
    const failure = failureOf(store.put("a", "new"));
    await clock.advance(10_000);
    expect(await failure).toMatchObject({ code: "Sealed" });
    const stale = await store.get("a");
    expect([stale.text(), stale.metadata?.stale]).toEqual(["old", true]);
  });
});

describe("a refusal or an absence", () => {
  test.each([
    "NotFound",
    "VersionNotFound",
    "Deleted",
    "Destroyed",
    "Disabled",
    "PermissionDenied",
    "Unauthenticated",
  ] as const)("(%s) is never masked, and takes the value away", async (code) => {
    const store = cached();
    await store.get("a");
    await clock.advance(60_000);
    down(code);
    expect(await failureOf(store.get("a"))).toMatchObject({ code });
    down("Unavailable");
    const failure = failureOf(store.get("a"));
    await clock.advance(10_000);
    expect(await failure).toMatchObject({ code: "Unavailable" });
  });

  test("of a fresh read takes the value away as well", async () => {
    const store = cached();
    await store.get("a");
    down("PermissionDenied");
    await failureOf(store.get("a", { fresh: true }));
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "PermissionDenied" });
  });

  test("of a bulk read takes away the value of each name that it was for", async () => {
    const store = cached();
    await store.getMany(["a", "b"]);
    await clock.advance(60_000);
    down("PermissionDenied");
    await failureOf(store.getMany(["a", "b"]));
    down("Unavailable");
    const failures = [failureOf(store.get("a")), failureOf(store.get("b"))];
    await clock.advance(10_000);
    // The breaker opens meanwhile.
    for (const failure of failures) {
      const failed = await failure;
      expect(isSecretError(failed) && isOutage(failed.code)).toBe(true);
    }
  });

  test("of one name leaves the others, but rejected credentials leave nothing", async () => {
    const store = cached();
    await store.getMany(["a", "b"]);
    down("PermissionDenied");
    await failureOf(store.get("a", { fresh: true }));
    expect((await store.get("b")).text()).toBe("b");
    down("Unauthenticated");
    await failureOf(store.get("c"));
    expect(await failureOf(store.get("b"))).toMatchObject({ code: "Unauthenticated" });
  });
});
