import { describe, expect, it } from "vitest";
import { testTls } from "./support.js";
import { failureOf, nativeVersions, vaultUnderTest } from "./vault.js";

const tls = await testTls();
/** Long enough to be met on the way, short enough to wait for. */
const slow = { transitionMs: 300 };

describe("a deletion that takes its time", () => {
  it("is over when delete returns", async () => {
    const { store } = await vaultUnderTest(tls, { server: slow });
    await store.put("a", "1");
    await store.delete("a");
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Deleted", reason: "deleted" });
  });

  it("is waited for by an undelete, which itself is over when it returns", async () => {
    const { native, store } = await vaultUnderTest(tls, { server: slow });
    await store.put("a", "1");
    await native.beginDeleteSecret("a");
    await store.undelete("a");
    expect((await store.get("a")).text()).toBe("1");
  });

  it("is waited for by a write, which then goes on top of the old secret", async () => {
    const { native, store } = await vaultUnderTest(tls, { server: slow });
    await store.put("a", "1", { tags: { owner: "a" } });
    await native.beginDeleteSecret("a");
    await store.put("a", "2");
    const secret = await store.get("a");
    expect(secret.text()).toBe("2");
    expect(secret.metadata?.tags).toEqual({ owner: "a" });
    expect(await store.versions("a")).toHaveLength(2);
  });

  it("is waited for by a purge, and the purge by the write behind it", async () => {
    const { store } = await vaultUnderTest(tls, { server: slow });
    await store.put("a", "1");
    await store.delete("a", { mode: "purge" });
    await store.put("a", "2");
    expect((await store.get("a")).text()).toBe("2");
    expect(await store.versions("a")).toHaveLength(1);
  });

  it("is not waited for beyond the time of the call", async () => {
    const { native, store } = await vaultUnderTest(tls, {
      server: { transitionMs: 60_000 },
      timeoutMs: 500,
    });
    await store.put("a", "1");
    await native.beginDeleteSecret("a");
    const startMs = performance.now();
    expect(await failureOf(store.put("a", "2"))).toMatchObject({ code: "Timeout" });
    expect(await failureOf(store.undelete("a"))).toMatchObject({ code: "Timeout" });
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});

describe("a soft-deleted name", () => {
  it("is refused to writers with onDeleted: fail, and stays deleted", async () => {
    const { native, open } = await vaultUnderTest(tls);
    const store = open({ onDeleted: "fail" });
    await store.put("a", "1");
    await store.delete("a");
    expect(await failureOf(store.put("a", "2"))).toMatchObject({
      code: "Deleted",
      reason: "name-taken-by-deleted",
    });
    expect((await native.getDeletedSecret("a")).name).toBe("a");
  });

  it("is recovered with all its versions for a write", async () => {
    const { native, store } = await vaultUnderTest(tls);
    await store.put("a", "1");
    await store.put("a", "2");
    await store.delete("a");
    await store.put("a", "3");
    expect(await nativeVersions(native, "a")).toHaveLength(3);
  });

  it("takes many writers at once, one of whom recovers it", async () => {
    const { server, store } = await vaultUnderTest(tls);
    await store.put("a", "old");
    await store.delete("a");
    // So that all of them find it deleted before the first one is done.
    server.fail({ action: { type: "latency", latencyMs: 50 }, times: Infinity });
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    await Promise.all(numbers.map((n) => store.put("a", String(n))));
    expect(await store.versions("a")).toHaveLength(11);
    expect(numbers.map(String)).toContain((await store.get("a")).text());
  });

  it("says so when the old value is back and the new one is not written", async () => {
    const { server, store } = await vaultUnderTest(tls);
    await store.put("a", "1");
    await store.delete("a");
    let writes = 0;
    server.fail({
      action: { type: "throttled", retryAfterSeconds: 3 },
      on: ({ method, headers }) =>
        method === "PUT" && headers.authorization !== undefined && ++writes === 2,
    });
    const error = await failureOf(store.put("a", "2"));
    expect(error).toMatchObject({ code: "RateLimited", retryAfterMs: 3_000, retryable: true });
    expect(error.message).toMatch(/recovered with its old value/u);
    expect((await store.get("a")).text()).toBe("1");
  });

  it("is NotFound to an identity that may not look at deleted secrets, and the error says it may be deleted", async () => {
    const { server, store } = await vaultUnderTest(tls);
    await store.put("a", "1");
    await store.delete("a");
    server.fail({
      action: { type: "forbidden", by: "ForbiddenByRbac" },
      on: ({ path }) => path.startsWith("/deletedsecrets"),
      times: 1,
    });
    expect(await failureOf(store.get("a"))).toMatchObject({
      code: "NotFound",
      reason: "not-found-or-deleted",
    });
  });

  it("can be undeleted twice", async () => {
    const { store } = await vaultUnderTest(tls);
    await store.put("a", "1");
    await store.delete("a");
    await store.undelete("a");
    await store.undelete("a");
    expect((await store.get("a")).text()).toBe("1");
  });
});

describe("a purge", () => {
  it("under purge protection is refused before anything is deleted", async () => {
    const { store } = await vaultUnderTest(tls, { server: { purgeProtection: true } });
    await store.put("a", "1");
    const error = await failureOf(store.delete("a", { mode: "purge" }));
    expect(error).toMatchObject({ code: "Unsupported", reason: "purge-protection" });
    expect((await store.get("a")).text()).toBe("1");
    await store.delete("a");
    expect(await failureOf(store.delete("a", { mode: "purge" }))).toMatchObject({
      code: "Unsupported",
      reason: "purge-protection",
    });
  });

  it("without the permission leaves the secret soft-deleted, and says so", async () => {
    const { server, store } = await vaultUnderTest(tls);
    await store.put("a", "1");
    server.deny(["purge"]);
    const error = await failureOf(store.delete("a", { mode: "purge" }));
    expect(error).toMatchObject({ code: "PermissionDenied", reason: "purge-denied" });
    await store.undelete("a");
    expect((await store.get("a")).text()).toBe("1");
  });
});
