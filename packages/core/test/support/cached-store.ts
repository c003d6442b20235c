import { FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault, type MemoryCall } from "@kinko/testing/memory";
import { beforeEach } from "vitest";
import { createStore } from "../../src/index.js";
import type { CacheOptions, SecretProvider, SecretStore } from "../../src/index.js";

/** Of the present test. */
export let clock: FakeClock;
export let provider: SecretProvider;
/** Paths in the order in which the driver was asked for them. */
export let reads: string[];
/** What runs before the driver does anything. */
export const hook: { run: ((call: MemoryCall) => void | Promise<void>) | undefined } = {
  run: undefined,
};

beforeEach(() => {
  clock = new FakeClock();
  reads = [];
  hook.run = undefined;
  provider = createMemoryProvider(
    { secrets: { a: "old", db: { user: "app", password: "s3cret" }, b: "b", c: "c" } },
    {
      clock,
      beforeCall: (call) => {
        if (call.operation === "get") reads.push(call.path?.join("/") ?? "");
        return hook.run?.(call);
      },
    },
  );
});

/** 60 s fresh, an hour stale, no refresh ahead unless the test says so. */
export function cached(cache: CacheOptions = {}, driver = provider): SecretStore {
  return createStore("memory", driver, {
    clock,
    random: () => 0.5,
    resilience: { cache: { refreshAheadRatio: 1, ...cache } },
  });
}

/** The same store beside the cache, as somebody else would use it. */
export function elsewhere(): SecretStore {
  return createStore("memory", provider, { clock, resilience: false });
}

export function down(code: MemoryFault["code"] = "Unavailable"): void {
  hook.run = () => {
    throw new MemoryFault(code);
  };
}
