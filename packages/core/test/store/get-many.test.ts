import { describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock, flushMicrotasks } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import type { MemoryHooks } from "@kinko/testing/memory";
import { createStore, Secret } from "../../src/index.js";
import type { BulkGetCapability, SecretStore } from "../../src/index.js";
import { failureOf, limited } from "../support/limited.js";

const canary = createCanary();

async function filled(
  hooks: MemoryHooks = {},
  bulk?: BulkGetCapability | "native",
): Promise<SecretStore> {
  const memory = createMemoryProvider({}, hooks);
  const driver = limited(memory, {
    without: bulk === "native" ? [] : ["bulkGet"],
    ...(bulk === undefined || bulk === "native" ? {} : { extensions: { bulkGet: bulk } }),
  });
  const store = createStore("memory", driver, { resilience: false });
  await store.put("a", { user: "app", password: canary.value });
  await store.put("b", "text b");
  await store.put("c", "text c");
  return store;
}

describe.each([
  ["one by one", undefined],
  ["in bulk", "native" as const],
])("getMany %s", (_name, bulk) => {
  test("answers in the order asked for, each reference once", async () => {
    const store = await filled({}, bulk);
    const found = await store.getMany([
      "c",
      "a#user",
      "b",
      "c",
      { path: ["b"] },
      "a#password",
      "a",
    ]);
    expect([...found.keys()]).toEqual(["c", "a#user", "b", "a#password", "a"]);
    expect(found.get("a#user")?.text()).toBe("app");
    expect(found.get("a")?.fieldNames()).toEqual(["password", "user"]);
  });

  test("reads a secret once, however many of its fields are wanted", async () => {
    const reads: string[] = [];
    const store = await filled(
      {
        beforeCall: ({ operation, path }) => void (operation === "get" && reads.push(String(path))),
      },
      bulk,
    );
    await store.getMany(["a#user", "a#password", "a", "b"]);
    expect(reads).toHaveLength(bulk === undefined ? 2 : 1);
  });

  test("fails with the first failure, in the order asked for", async () => {
    const store = await filled({}, bulk);
    expect(await failureOf(store.getMany(["missing", "b"]))).toMatchObject({
      code: "NotFound",
      ref: "missing",
      operation: "get",
    });
    expect(await failureOf(store.getMany(["b", "a#nothing"]))).toMatchObject({
      code: "NotFound",
      reason: "field-not-found",
      ref: "a#nothing",
      provider: "memory",
      operation: "get",
    });
  });

  test("hands each failure to onError, and gives what it found", async () => {
    const store = await filled({}, bulk);
    const failed: string[] = [];
    const found = await store.getMany(["missing", "b", "a#nothing", "b#field", "a#user"], {
      onError: (ref, error) => {
        expectClean(error, canary);
        failed.push(`${ref} ${error.code}`);
      },
    });
    expect([...found.keys()]).toEqual(["b", "a#user"]);
    expect(failed).toEqual(["missing NotFound", "a#nothing NotFound", "b#field InvalidValue"]);
  });

  test("gives nothing for nothing", async () => {
    expect(await (await filled({}, bulk)).getMany([])).toEqual(new Map());
  });

  test("refuses a wrong reference before it reads any", async () => {
    let reads = 0;
    const store = await filled(
      { beforeCall: ({ operation }) => void (operation === "get" && (reads += 1)) },
      bulk,
    );
    expect(await failureOf(store.getMany(["a", ".."], { onError: () => undefined }))).toMatchObject(
      { code: "InvalidRef" },
    );
    expect(reads).toBe(0);
  });
});

describe("getMany one by one", () => {
  test("keeps to its concurrency", async () => {
    let running = 0;
    let most = 0;
    const store = await filled({
      beforeCall: async ({ operation }) => {
        if (operation !== "get") return;
        running += 1;
        most = Math.max(most, running);
        await flushMicrotasks();
        running -= 1;
      },
    });
    const refs = Array.from({ length: 12 }, (_, index) => `b@${index + 1}`);
    for (const [concurrency, expected] of [
      [1, 1],
      [3, 3],
      [undefined, 8],
      [Number.NaN, 8],
      [0, 8],
      [-1, 1],
    ] as const) {
      most = 0;
      await store.getMany(refs, { concurrency, onError: () => undefined });
      expect(most, String(concurrency)).toBe(expected);
    }
  });

  test("stops reading after a failure when nobody handles it", async () => {
    const reads: string[] = [];
    const store = await filled({
      beforeCall: ({ operation, path }) => {
        if (operation !== "get") return;
        reads.push(String(path));
        throw new MemoryFault("Unavailable");
      },
    });
    expect(await failureOf(store.getMany(["a", "b", "c"], { concurrency: 1 }))).toMatchObject({
      code: "Unavailable",
    });
    expect(reads).toEqual(["a"]);
  });

  test("shares one deadline among all reads", async () => {
    const clock = new FakeClock();
    const memory = createMemoryProvider({ latencyMs: 400 }, { clock });
    const store = createStore("memory", limited(memory, { without: ["bulkGet"] }), {
      clock,
      timeoutMs: 1_000,
    });
    const failure = failureOf(
      store.getMany(["a", "b", "c"], {
        concurrency: 1,
        onError: (_ref, error) => {
          if (error.code === "Timeout") throw error;
        },
      }),
    );
    await clock.advance(1_000);
    const error = await failure;
    expect(error).toMatchObject({ code: "Timeout", ref: "c" });
    expect(String(error)).toContain("within 1000 ms");
  });
});

describe("getMany in bulk", () => {
  test("does not take a missing answer for a missing secret", async () => {
    const store = await filled(
      {},
      { getMany: () => Promise.resolve([{ secret: { value: Secret.text("x") } }]) },
    );
    expect(await failureOf(store.getMany(["a", "b"]))).toMatchObject({
      code: "Internal",
      reason: "short-bulk-answer",
      ref: "b",
    });
  });

  test("wraps the raw failure of one secret", async () => {
    const store = await filled(
      {},
      { getMany: () => Promise.resolve([{ error: new Error(canary.value) }]) },
    );
    const error = await failureOf(store.getMany(["a"]));
    expect(error).toMatchObject({ code: "Internal", ref: "a", provider: "memory" });
    expectClean(error, canary);
  });

  test("fails as a whole when the request fails", async () => {
    const store = await filled(
      {},
      { getMany: () => Promise.reject(new MemoryFault("RateLimited")) },
    );
    const failure = store.getMany(["a"], { onError: () => undefined });
    expect(await failureOf(failure)).toMatchObject({ code: "RateLimited", operation: "get" });
  });
});
