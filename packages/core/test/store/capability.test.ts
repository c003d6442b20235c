import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createCanary, expectClean } from "@kinko/testing";
import { createMemoryProvider } from "@kinko/testing/memory";
import { createStore, parseRef } from "../../src/index.js";
import type { SecretProvider } from "../../src/index.js";
import { failureOf } from "../support/limited.js";

const signal = new AbortController().signal;

test("a raw failure of a capability becomes one SecretError without its text", async () => {
  const canary = createCanary();
  const memory = createMemoryProvider();
  const versions = {
    list: () => Promise.reject(new Error(canary.value)),
    undelete: () => {
      throw new Error(canary.value);
    },
  };
  const driver = Object.create(memory, {
    capabilities: { value: { ...memory.capabilities, extensions: { versions } } },
    classifyError: { value: () => ({ code: "Unavailable" }) },
  }) as SecretProvider;
  const offered = createStore("memory", driver).as("versions");
  const ref = parseRef("a");
  for (const call of [
    () => offered.list(ref, { signal }),
    async () => offered.undelete(ref, { signal }),
  ]) {
    const error = await failureOf(call());
    expect(error).toMatchObject({ code: "Unavailable", provider: "memory" });
    expectClean(inspect(error, { depth: Infinity, showHidden: true }), canary);
  }
});

test("delete refuses a version that may move until it is carried out", async () => {
  const store = createStore("memory", createMemoryProvider());
  await store.put("a", "x");
  for (const mode of ["soft", "purge"] as const) {
    expect(await failureOf(store.delete("a@latest", { mode }))).toMatchObject({
      code: "InvalidRef",
      reason: "unexpected-version",
    });
  }
  expect((await store.get("a")).text()).toBe("x");
});

test("two stores of one driver each speak of themselves, and offer the same object each time", async () => {
  const memory = createMemoryProvider();
  const stores = ["first", "second"].map((name) => createStore(name, memory));
  for (const store of stores) {
    const versions = store.as("versions");
    expect(store.as("versions")).toBe(versions);
    expect(await failureOf(versions.list(parseRef("none"), { signal }))).toMatchObject({
      code: "NotFound",
      provider: store.provider,
    });
  }
});
