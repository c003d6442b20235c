import { describe, expect, test } from "vitest";
import { createMemoryProvider } from "@kinko/testing/memory";
import { createStore } from "../../src/index.js";
import type { FeatureName, SecretStore } from "../../src/index.js";
import { failureOf, limited } from "../support/limited.js";

describe("a feature that a provider does not have", () => {
  const cases: readonly [FeatureName, string, (store: SecretStore) => Promise<unknown>][] = [
    ["versions", "versions", (store) => store.versions("a")],
    ["versions", "get", (store) => store.get("a@1")],
    ["versions", "get", (store) => store.get("a@stage:x")],
    ["versions", "get", (store) => store.getMany(["a@1"])],
    ["checkAndSet", "put", (store) => store.put("a", "x", { ifVersion: "absent" })],
    ["softDelete", "delete", (store) => store.delete("a")],
    ["deleteVersion", "delete", (store) => store.delete("a@1")],
    ["purge", "delete", (store) => store.delete("a", { mode: "purge" })],
    ["destroyVersion", "delete", (store) => store.delete("a@1", { mode: "purge" })],
    ["undelete", "undelete", (store) => store.undelete("a")],
    ["tags", "put", (store) => store.put("a", "x", { tags: {} })],
  ];
  test.each(cases)(
    "fails %s as Unsupported in %s, before the driver is asked",
    async (feature, operation, call) => {
      const provider = createMemoryProvider(
        {},
        {
          beforeCall: () => {
            throw new Error("asked");
          },
        },
      );
      const store = createStore("small", limited(provider, { without: [feature] }));
      const error = await failureOf(call(store));
      expect(error).toMatchObject({
        code: "Unsupported",
        provider: "small",
        operation,
        reason: `no-${feature}`,
        advice: `The test took ${feature} away.`,
      });
    },
  );

  test("leaves the newest version readable by its selectors", async () => {
    const store = createStore("small", limited(createMemoryProvider(), { without: ["versions"] }));
    await store.put("a", "x");
    expect((await store.get("a@latest")).text()).toBe("x");
    expect((await store.get("a@latestEnabled")).text()).toBe("x");
  });

  test("has no typed object either", () => {
    const store = createStore("small", limited(createMemoryProvider(), { without: ["patch"] }));
    expect(() => store.as("patch")).toThrow(
      expect.objectContaining({
        code: "Unsupported",
        reason: "no-patch",
        provider: "small",
      }) as Error,
    );
    expect(store.as("versions")).toBeDefined();
  });
});
