import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock, flushMicrotasks } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import { createStore } from "../../src/index.js";
import type { ListPage, ProviderListOptions, SecretStore } from "../../src/index.js";
import { failureOf, limited } from "../support/limited.js";

const canary = createCanary();
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
});

afterEach(async () => {
  await flushMicrotasks();
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
});

function storeWith(
  list: (options: ProviderListOptions) => AsyncIterable<ListPage>,
  clock = new FakeClock(),
): SecretStore {
  return createStore("memory", limited(createMemoryProvider(), { methods: { list } }), {
    clock,
    timeoutMs: 1_000,
  });
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const page = (...names: string[]): ListPage => ({
  items: names.map((name) => ({ path: [name], type: "secret" })),
});

describe("list", () => {
  test("asks for nothing before it is iterated, and anew each time", async () => {
    let asked = 0;
    const store = storeWith(async function* () {
      asked += 1;
      yield page("a");
    });
    const listing = store.list();
    expect(asked).toBe(0);
    expect(await all(listing)).toEqual(await all(listing));
    expect(asked).toBe(2);
  });

  test("passes on prefix, page size and cursor, with their defaults", async () => {
    const seen: Omit<ProviderListOptions, "signal">[] = [];
    const store = storeWith(async function* ({ signal: _signal, ...options }) {
      seen.push(options);
      yield page();
    });
    await all(store.list());
    await all(store.list({ prefix: "a/b/", recursive: false, pageSize: 7, cursor: "x" }));
    expect(seen).toEqual([
      { prefix: [], recursive: true, pageSize: 500, cursor: undefined },
      { prefix: ["a", "b"], recursive: false, pageSize: 7, cursor: "x" },
    ]);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses a page size of %s",
    (pageSize) => {
      const store = createStore("memory", createMemoryProvider());
      expect(() => store.list({ pageSize })).toThrow(
        expect.objectContaining({
          code: "InvalidValue",
          reason: "invalid-page-size",
          provider: "memory",
          operation: "list",
        }) as Error,
      );
    },
  );

  test("gives each page a deadline of its own", async () => {
    const clock = new FakeClock();
    const store = storeWith(async function* () {
      for (const name of ["a", "b", "c"]) {
        await clock.sleep(900);
        yield page(name);
      }
      await clock.sleep(1_100);
    }, clock);
    const names: string[] = [];
    const failure = failureOf(
      (async () => {
        for await (const { path } of store.list({ prefix: "x" })) names.push(path.join("/"));
      })(),
    );
    await clock.advance(4_000);
    expect(await failure).toMatchObject({ code: "Timeout", operation: "list", ref: "x/" });
    expect(names).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["before the first page", []],
    ["after a page", ["a"]],
  ])("wraps what a driver throws %s", async (_when, names) => {
    const store = storeWith(async function* () {
      for (const name of names) yield page(name);
      throw new Error(canary.value);
    });
    const error = await failureOf(all(store.list()));
    expect(error).toMatchObject({ code: "Internal", provider: "memory", operation: "list" });
    expectClean(error, canary);
  });

  test("wraps what a driver throws before it returns an iterable", async () => {
    const store = storeWith(() => {
      throw new MemoryFault("PermissionDenied");
    });
    expect(await failureOf(all(store.list()))).toMatchObject({
      code: "PermissionDenied",
      operation: "list",
    });
  });

  test("lets the driver clean up when the caller leaves early", async () => {
    const events: string[] = [];
    let signal: AbortSignal | undefined;
    const store = storeWith(async function* (options) {
      signal = options.signal;
      try {
        yield page("a", "b");
        yield page("c");
      } finally {
        events.push("cleaned up");
      }
    });
    for await (const item of store.list()) {
      events.push(item.path.join("/"));
      break;
    }
    await flushMicrotasks();
    expect(events).toEqual(["a", "cleaned up"]);
    expect(signal?.aborted).toBe(true);
  });

  test("is not held by a driver that hangs while it cleans up, or fails to", async () => {
    for (const end of [
      () => new Promise<never>(() => undefined),
      (): never => {
        throw new Error("no");
      },
    ]) {
      const store = storeWith(() => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false, value: page("a") }),
          return: end,
        }),
      }));
      for await (const item of store.list()) {
        expect(item.path).toEqual(["a"]);
        break;
      }
    }
  });

  test("stops at once when it is cancelled in the middle of a page", async () => {
    let driverSignal: AbortSignal | undefined;
    const store = storeWith(async function* ({ signal }) {
      driverSignal = signal;
      yield page("a");
      await new Promise(() => undefined);
    });
    const controller = new AbortController();
    const names: string[] = [];
    const failure = failureOf(
      (async () => {
        for await (const { path } of store.list({ signal: controller.signal }))
          names.push(path.join("/"));
      })(),
    );
    await flushMicrotasks();
    controller.abort();
    expect(await failure).toMatchObject({ code: "Aborted", operation: "list" });
    expect(names).toEqual(["a"]);
    expect(driverSignal?.aborted).toBe(true);
  });

  test("stops between pages when the store is closed, and never asks a closed driver", async () => {
    let asked = 0;
    const store = storeWith(async function* () {
      asked += 1;
      yield page("a");
      yield page("b");
    });
    const iterator = store.list()[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ path: ["a"] });
    await store.close();
    expect(await failureOf(iterator.next())).toMatchObject({ code: "Closed", operation: "list" });
    expect(await failureOf(all(store.list()))).toMatchObject({ code: "Closed" });
    expect(asked).toBe(1);
  });
});
