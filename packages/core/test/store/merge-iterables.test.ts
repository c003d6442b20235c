import { describe, expect, test } from "vitest";
import { flushMicrotasks } from "@kinko/testing";
import { mergeIterables } from "../../src/store/merge-iterables.js";
import { failureOf } from "../support/limited.js";

async function* of(items: readonly string[], log: string[] = []): AsyncGenerator<string> {
  try {
    for (const item of items) {
      await Promise.resolve();
      yield item;
    }
  } finally {
    log.push(`ended ${items.join("")}`);
  }
}

async function all(items: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("mergeIterables", () => {
  test("yields everything of all, each in its own order", async () => {
    const merged = await all(
      mergeIterables([of(["a1", "a2", "a3"]), of([]), of(["b1"]), of(["c1", "c2"])]),
    );
    expect(merged.toSorted()).toEqual(["a1", "a2", "a3", "b1", "c1", "c2"]);
    expect(merged.filter((item) => item.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    expect(await all(mergeIterables([]))).toEqual([]);
  });

  test("does not wait for one that never delivers", async () => {
    const silent: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const merged = mergeIterables([silent, of(["a", "b"])]);
    expect((await merged.next()).value).toBe("a");
    expect((await merged.next()).value).toBe("b");
  });

  test("ends all when it is left", async () => {
    const log: string[] = [];
    for await (const item of mergeIterables([of(["a", "b"], log), of(["c", "d"], log)])) {
      expect(item).toBe("a");
      break;
    }
    await flushMicrotasks();
    expect(log.toSorted()).toEqual(["ended ab", "ended cd"]);
  });

  test("fails with the first failure and ends the others, quietly", async () => {
    const log: string[] = [];
    const failing = (words: string): AsyncIterable<string> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error(words)),
        return: () => Promise.reject(new Error("cannot end")),
      }),
    });
    const merged = mergeIterables([of(["a", "b"], log), failing("first"), failing("second")]);
    expect(String(await failureOf(all(merged)))).toContain("first");
    await flushMicrotasks();
    expect(log).toEqual(["ended ab"]);
  });
});
