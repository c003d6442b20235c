import { Secret } from "@kinko/core";
import { expect } from "vitest";
import type { Contract } from "../contract-test.js";

const defaultLargeBytes = 65_536;
/** Beyond this a value that is one byte too long would cost more memory than the test is worth. */
const largestProbeBytes = 64 * 1024 * 1024;

/** Values as large as declared are kept; larger ones are refused before they are sent. */
export function describeSizes(contract: Contract): void {
  const limit = contract.options.limits?.largeValueBytes;
  const declared = contract.capabilities.limits.maxValueBytes;
  const bytes = Math.min(limit?.value ?? defaultLargeBytes, declared ?? Number.POSITIVE_INFINITY);
  const why = limit === undefined ? "" : ` (not ${defaultLargeBytes}: ${limit.reason})`;

  contract.test(`keeps a value of ${bytes} bytes${why}`, async ({ store, at }) => {
    const text = Secret.text("é".repeat(Math.floor(bytes / 2)) + "x".repeat(bytes % 2));
    const binary = Secret.binary(
      Uint8Array.from({ length: bytes }, (_, index) => (index * 31) % 251),
    );
    const json = Secret.json({ a: "j".repeat(bytes - '{"a":""}'.length) });
    for (const [index, value] of [text, binary, json].entries()) {
      expect(value.byteLength).toBe(bytes);
      const ref = { path: at(`large/${index}`) };
      await store.put(ref, value);
      expect((await store.get(ref)).equals(value), value.kind).toBe(true);
    }
  });

  if (declared === undefined || declared > largestProbeBytes) return;
  contract.test(`refuses a value of ${declared + 1} bytes before any request`, async (context) => {
    const { store, at, harness, canary, expectFailure } = context;
    const ref = { path: at("large/beyond") };
    const before = harness.requests?.();
    const value = canary.value + "x".repeat(declared + 1 - canary.value.length);
    await expectFailure(store.put(ref, value), "TooLarge", "put");
    expect(harness.requests?.()).toBe(before);
    expect(await store.tryGet(ref)).toBeUndefined();
  });
}
