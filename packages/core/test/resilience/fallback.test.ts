import { flushMicrotasks } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStore } from "../../src/index.js";
import type {
  CacheFallback,
  CacheOptions,
  SavedSecret,
  SecretProvider,
  SecretStore,
} from "../../src/index.js";
import { clock, down, provider, reads } from "../support/cached-store.js";
import { failureOf } from "../support/limited.js";

/** What outlives a process, in the memory of the test. */
class KeptFallback implements CacheFallback {
  kept: SavedSecret[] = [];
  saves = 0;
  failure: Error | undefined;
  /** Holds `load` back until it is called. */
  release: (() => void) | undefined;
  readonly #holdsBack: boolean;

  constructor(options: { readonly holdsBack?: boolean } = {}) {
    this.#holdsBack = options.holdsBack === true;
  }

  async load(): Promise<readonly SavedSecret[]> {
    if (this.#holdsBack) await new Promise<void>((resolve) => (this.release = resolve));
    if (this.failure !== undefined) throw this.failure;
    return this.kept.map((saved) => ({ ...saved, bytes: Buffer.from(saved.bytes) }));
  }

  async save(_store: string, secrets: readonly SavedSecret[]): Promise<void> {
    this.saves += 1;
    // The buffers are erased when this is over.
    const kept = secrets.map((saved) => ({ ...saved, bytes: Buffer.from(saved.bytes) }));
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.kept = kept;
  }

  get keys(): string[] {
    return this.kept.map(({ key }) => key).toSorted();
  }
}

/** A process on the same backend, which another one can follow. */
function start(fallback: CacheFallback, options: CacheOptions = {}): SecretStore {
  const driver: SecretProvider = {
    capabilities: provider.capabilities,
    get: (...a) => provider.get(...a),
    put: (...a) => provider.put(...a),
    delete: (...a) => provider.delete(...a),
    list: (...a) => provider.list(...a),
    health: (...a) => provider.health(...a),
    classifyError: (error) => provider.classifyError(error),
    close: () => Promise.resolve(),
  };
  const cache = { refreshAheadRatio: 1, maxStaleSeconds: 600, fallback, ...options };
  const resilience = { retry: false, breaker: false, cache } as const;
  const store = createStore("memory", driver, { clock, resilience });
  onTestFinished(() => void store.close());
  return store;
}

describe("after a restart during an outage", () => {
  test("what was read before is served, marked with its age", async () => {
    const fallback = new KeptFallback();
    const before = start(fallback);
    await before.get("db#password");
    await before.close();
    await clock.advance(30_000);
    down();
    const store = start(fallback);
    const password = await store.get("db#password");
    expect(password.text()).toBe("s3cret");
    expect(password.metadata).toMatchObject({ stale: true, ageMs: 30_000, path: "db" });
    const many = await store.getMany(["db#user"]);
    expect(many.get("db#user")?.metadata).toMatchObject({ stale: true });
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unavailable" });
    expect(await failureOf(store.get("db", { allowStale: false }))).toMatchObject({
      code: "Unavailable",
    });
  });

  test("nothing is served that is older than its limit, also in a third run", async () => {
    const fallback = new KeptFallback();
    const first = start(fallback);
    await first.get("a");
    await first.close();
    down();
    await clock.advance(400_000);
    const second = start(fallback);
    expect((await second.get("a")).metadata).toMatchObject({ ageMs: 400_000 });
    await second.close();
    await clock.advance(259_999);
    const third = start(fallback);
    expect((await third.get("a")).metadata).toMatchObject({ ageMs: 659_999 });
    await clock.advance(1);
    expect(await failureOf(third.get("a"))).toMatchObject({ code: "Unavailable" });
    expect(await failureOf(start(fallback).get("a"))).toMatchObject({ code: "Unavailable" });
  });

  test("nothing is served whose age is not known, since the clock was set back", async () => {
    const fallback = new KeptFallback();
    const before = start(fallback);
    await before.get("a");
    await before.close();
    clock.jumpWallClock(-10_000);
    down();
    expect(await failureOf(start(fallback).get("a"))).toMatchObject({ code: "Unavailable" });
  });

  test("shorter limits of the new run hold for what the old one has saved", async () => {
    const fallback = new KeptFallback();
    const before = start(fallback);
    await before.get("a");
    await before.get("b");
    await before.close();
    await clock.advance(90_000);
    down();
    const paths = [{ prefix: "b", maxStaleSeconds: 0 }];
    const store = start(fallback, { ttlSeconds: 10, maxStaleSeconds: 100, paths });
    expect((await store.get("a")).text()).toBe("old");
    expect(await failureOf(store.get("b"))).toMatchObject({ code: "Unavailable" });
    await clock.advance(20_000);
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unavailable" });
  });
});

describe("while the store answers", () => {
  test("it is asked, however new what was saved is", async () => {
    const fallback = new KeptFallback();
    const before = start(fallback);
    await before.get("a");
    await before.close();
    const count = reads.length;
    const store = start(fallback);
    expect((await store.get("a")).metadata?.stale).toBeUndefined();
    expect(reads.length).toBe(count + 1);
  });

  test.each(["PermissionDenied", "NotFound", "Unauthenticated"] as const)(
    "a refusal (%s) takes away what was saved, at once and for later runs",
    async (code) => {
      const fallback = new KeptFallback();
      const before = start(fallback);
      await before.get("a");
      await before.close();
      expect(fallback.keys).toEqual(["a"]);
      const store = start(fallback);
      down(code);
      expect(await failureOf(store.get("a"))).toMatchObject({ code });
      await flushMicrotasks();
      expect(fallback.keys).toEqual([]);
      down();
      expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unavailable" });
    },
  );

  test("a write takes away what was saved", async () => {
    const fallback = new KeptFallback();
    const store = start(fallback);
    await store.get("a");
    await clock.advance(5_000);
    await store.put("a", "new");
    await flushMicrotasks();
    expect(fallback.keys).toEqual([]);
  });

  test("what is written while the saved values are looked at is not undone by them", async () => {
    const fallback = new KeptFallback();
    const before = start(fallback);
    await before.get("a");
    await before.close();
    const held = new KeptFallback({ holdsBack: true });
    held.kept = fallback.kept;
    const store = start(held);
    await store.put("a", "new");
    held.release?.();
    await flushMicrotasks();
    down();
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unavailable" });
  });

  test("news is saved together, and reads of what is not there save nothing", async () => {
    const fallback = new KeptFallback();
    const store = start(fallback);
    await Promise.all(["a", "b", "c"].map((name) => store.get(name)));
    for (let count = 0; count < 100; count += 1) await store.tryGet(`absent/${count}`);
    expect(fallback.saves).toBe(0);
    await clock.advance(5_000);
    expect([fallback.saves, fallback.keys]).toEqual([1, ["a", "b", "c"]]);
    await clock.advance(60_000);
    expect(fallback.saves).toBe(1);
  });
});

describe("a fallback that fails", () => {
  test("is told in the log, and changes nothing else", async () => {
    const fallback = new KeptFallback();
    fallback.failure = new Error("a disk, and its path");
    const store = start(fallback);
    expect((await store.get("a")).text()).toBe("old");
    await clock.advance(60_000);
    await store.close();
    expect(fallback.kept).toEqual([]);
  });

  test("is tried again, later each time, until what was refused is no longer in it", async () => {
    const fallback = new KeptFallback();
    const before = start(fallback);
    await before.get("a");
    await before.close();
    const store = start(fallback);
    await store.get("b");
    down("PermissionDenied");
    fallback.failure = new Error("a full disk");
    fallback.saves = 0;
    expect(await failureOf(store.get("a", { fresh: true }))).toMatchObject({
      code: "PermissionDenied",
    });
    await flushMicrotasks();
    expect([fallback.saves, fallback.keys]).toEqual([1, ["a"]]);
    const tries: number[] = [];
    for (let passedMs = 0; passedMs < 1_200_000; passedMs += 5_000) {
      await clock.advance(5_000);
      if (fallback.saves > tries.length + 1) tries.push(passedMs / 1_000 + 5);
    }
    expect(tries).toEqual([5, 15, 35, 75, 155, 315, 615, 915]);
    fallback.failure = undefined;
    await clock.advance(300_000);
    expect(fallback.keys).not.toContain("a");
    const { saves } = fallback;
    await clock.advance(1_200_000);
    expect(fallback.saves).toBe(saves);
  });

  test("is tried once more by close", async () => {
    const fallback = new KeptFallback();
    const before = start(fallback);
    await before.get("a");
    await before.close();
    const store = start(fallback);
    down("NotFound");
    fallback.failure = new Error("a full disk");
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "NotFound" });
    await flushMicrotasks();
    expect(fallback.keys).toEqual(["a"]);
    fallback.failure = undefined;
    await store.close();
    expect(fallback.keys).toEqual([]);
  });

  test("is tried once more by close also when it fails only during that", async () => {
    let fail: (error: Error) => void = () => undefined;
    const saved: string[][] = [];
    const fallback: CacheFallback = {
      load: () => Promise.resolve([]),
      save: (_store, secrets) => {
        saved.push(secrets.map(({ key }) => key));
        return saved.length > 1 ? Promise.resolve() : new Promise((_, reject) => (fail = reject));
      },
    };
    const store = start(fallback);
    await store.get("a");
    await clock.advance(5_000);
    const closing = store.close();
    await flushMicrotasks();
    expect(saved).toEqual([["a"]]);
    fail(new Error("a full disk"));
    await closing;
    expect(saved).toEqual([["a"], ["a"]]);
  });

  test("and never answers holds close up for two seconds and no more", async () => {
    const fallback: CacheFallback = {
      load: () => Promise.resolve([]),
      save: () => new Promise(() => undefined),
    };
    const store = start(fallback);
    await store.get("a");
    let closed = false;
    const closing = store.close().then(() => (closed = true));
    await clock.advance(1_999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
  });
});
