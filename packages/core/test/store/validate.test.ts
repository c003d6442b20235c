import { describe, expect, test } from "vitest";
import { FakeClock } from "@kinko/testing";
import { createMemoryProvider } from "@kinko/testing/memory";
import { createStore } from "../../src/index.js";
import type { PermissionsCapability } from "../../src/index.js";
import { failureOf, limited } from "../support/limited.js";

describe("validate", () => {
  test("reports every requirement, not only the first failure", async () => {
    const reads: string[] = [];
    const provider = createMemoryProvider(
      { allow: ["get", "list", "put"], secrets: { a: "x" } },
      {
        beforeCall: ({ operation }) => void reads.push(operation),
      },
    );
    const report = await createStore("memory", provider).validate([
      { ref: "missing#field" },
      { ref: "a", operations: ["get", "delete", "put"] },
      { ref: "new", operations: ["put", "list", "get"] },
    ]);
    expect(report.ok).toBe(false);
    expect(
      report.items.map(({ ref, operation, status }) => `${ref} ${operation} ${status}`),
    ).toEqual([
      "missing#field get missing",
      "a get allowed",
      "a delete denied",
      "a put allowed",
      "new put allowed",
      "new list allowed",
      "new get missing",
    ]);
    expect(reads).not.toContain("get");
  });

  test("does not call unknown what is only unknown a failure", async () => {
    const permissions: PermissionsCapability = {
      check: () => Promise.resolve({ exists: undefined, operations: new Map() }),
    };
    const store = createStore(
      "memory",
      limited(createMemoryProvider(), { extensions: { permissions } }),
    );
    const report = await store.validate([{ ref: "a" }]);
    expect(report).toEqual({
      ok: true,
      items: [{ ref: "a", operation: "get", status: "unknown" }],
    });
  });

  test("is fine with nothing", async () => {
    expect(await createStore("memory", createMemoryProvider()).validate([])).toEqual({
      ok: true,
      items: [],
    });
  });

  test("shares one deadline among all checks", async () => {
    const clock = new FakeClock();
    const provider = createMemoryProvider({ latencyMs: 400 }, { clock });
    const store = createStore("memory", provider, { clock });
    const failure = failureOf(
      store.validate([{ ref: "a" }, { ref: "b" }, { ref: "c" }], { timeoutMs: 1_000 }),
    );
    await clock.advance(1_000);
    expect(await failure).toMatchObject({ code: "Timeout", operation: "validate", ref: "c" });
  });
});
