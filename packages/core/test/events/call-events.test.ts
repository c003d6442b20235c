import { describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import { createMemoryProvider } from "@kinko/testing/memory";
import { createRoutedStore, createStore } from "../../src/index.js";
import type { CallEndEvent, CallStartEvent } from "../../src/index.js";
import { failureOf } from "../support/limited.js";

const canary = createCanary();

describe("the events of calls", () => {
  test("tell begin and end, operation and outcome, and neither names nor values", async () => {
    const store = createStore("memory", createMemoryProvider(), { clock: new FakeClock() });
    const starts: CallStartEvent[] = [];
    const ends: CallEndEvent[] = [];
    store.on("call-start", (event) => starts.push(event));
    store.on("call-end", (event) => ends.push(event));
    await store.put("prod/confidential-name", canary.value);
    await store.get("prod/confidential-name");
    await failureOf(store.get("prod/nothing"));
    expect(starts.map(({ operation }) => operation)).toEqual(["put", "get", "get"]);
    expect(ends.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "NotFound"]);
    expect(ends.map(({ callId }) => callId)).toEqual(starts.map(({ callId }) => callId));
    expect(ends[0]?.nameHash).toBe(ends[1]?.nameHash);
    expect(ends[2]?.source).toBeUndefined();
    expect(JSON.stringify([starts, ends])).not.toContain("confidential");
    expectClean([starts, ends], canary);
  });

  test("of all stores of a routed store arrive, each with the store's name", async () => {
    const one = createStore("one", createMemoryProvider());
    const two = createStore("two", createMemoryProvider());
    const store = createRoutedStore([{ prefix: "shared", store: two }], one);
    const heard: string[] = [];
    const off = store.on("call-end", ({ provider }) => heard.push(provider));
    await store.put("a", "1");
    await store.put("shared/a", "1");
    off();
    await store.put("a", "2");
    expect(heard).toEqual(["one", "two"]);
  });
});
