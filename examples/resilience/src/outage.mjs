import { createStore, isSecretError } from "@kinko/core";
import { FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";

/** @type {MemoryFault | undefined} what every request of the store fails with */
let fault;
const clock = new FakeClock();
const secrets = { "shop/database": { user: "shop", password: "s3cret" } };
const beforeCall = () => {
  if (fault !== undefined) throw fault;
};
const store = createStore("shop", createMemoryProvider({ secrets }, { clock, beforeCall }), {
  clock,
  resilience: { cache: { ttlSeconds: 60, maxStaleSeconds: 3_600 } },
});
store.on("breaker", ({ to }) => console.log(`breaker: ${to}`));

/** @param {string} when */
async function read(when) {
  try {
    const { metadata } = await store.get("shop/database#password");
    const age =
      metadata?.stale === true ? `stale, ${(metadata.ageMs ?? 0) / 1_000} s old` : "fresh";
    console.log(`${when}: ${age}`);
  } catch (error) {
    console.log(`${when}: ${isSecretError(error) ? error.code : "unknown"}`);
  }
}

await read("the store works");
await clock.advance(60_000);
fault = new MemoryFault("Unavailable");
for (const attempt of [1, 2, 3, 4, 5]) await read(`down, read ${attempt}`);
await read("down, and no longer asked");
await clock.advance(30_000);
fault = undefined;
await read("up again");
await clock.advance(60_000);
fault = new MemoryFault("PermissionDenied");
await read("refused");
fault = new MemoryFault("Sealed");
const failing = read("sealed, and nothing is left of the refused value");
await clock.advance(10_000);
await failing;
await store.close();
