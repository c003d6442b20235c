import { createStore, type SecretStore } from "@kinko/core";
import { startOwnVault } from "@kinko/servers/vitest";
import { FakeClock } from "@kinko/testing";
import { startFaultProxy, type FaultProxy } from "@kinko/testing/faults";
import { expect, onTestFinished, test } from "vitest";
import { openProvider } from "../support.js";

const vault = await startOwnVault();
await vault.request("POST", "sys/mounts/kv", { type: "kv", options: { version: "1" } });
await vault.request("POST", "kv/app", { value: "s3cret" });

interface Sealed {
  readonly clock: FakeClock;
  readonly store: SecretStore;
  readonly proxy: FaultProxy;
  /** When requests arrived at the server's door, on the clock. */
  readonly arrivals: number[];
}

/** A store in front of the real Vault, which is sealed for this test; time is the test's. */
async function sealed(): Promise<Sealed> {
  const clock = new FakeClock();
  const arrivals: number[] = [];
  const proxy = await startFaultProxy({
    target: vault.address,
    clock,
    onPassed({ direction, atMs }) {
      if (direction === "to-server") arrivals.push(atMs);
    },
  });
  const provider = openProvider({
    address: proxy.address,
    mount: "kv",
    kvVersion: 1,
    auth: { method: "token", token: vault.rootToken },
  });
  // Without jitter, so that the waits are those of the specification to the millisecond.
  const store = createStore("vault", provider, { clock, random: () => 0.5 });
  await vault.seal();
  onTestFinished(async () => {
    await store.close();
    await proxy.close();
    await vault.unseal();
  });
  return { clock, store, proxy, arrivals };
}

/** Makes a call, and lets the time of each wait between attempts pass as soon as it begins. */
async function runThroughRetries(
  { store, clock }: Sealed,
  call: () => Promise<unknown>,
): Promise<unknown> {
  const waits: number[] = [];
  const stop = store.on("retry", ({ delayMs }) => void waits.push(delayMs));
  let failure: unknown;
  let settled = false;
  const calling = call().then(
    () => (settled = true),
    (error: unknown) => {
      failure = error;
      settled = true;
    },
  );
  while (!settled) {
    const delayMs = waits.shift();
    if (delayMs !== undefined) await clock.advance(delayMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await calling;
  stop();
  return failure;
}

/** A read that is answered with 503, and `sys/health`, which says what the 503 means. */
function requestsOfAttempt(atMs: number): readonly number[] {
  return [atMs, atMs];
}

test("a sealed Vault sees four attempts of a read, at 0, 1, 3 and 7 seconds", async () => {
  const context = await sealed();
  const failure = await runThroughRetries(context, () => context.store.get("app"));
  expect(failure).toMatchObject({ code: "Sealed", retryable: true });
  expect(context.arrivals).toEqual([0, 1_000, 3_000, 7_000].flatMap(requestsOfAttempt));
});

test("after the fifth failed attempt in a row 1,000 calls send nothing; of 100 later, one probes", async () => {
  const context = await sealed();
  const { store, clock, proxy, arrivals } = context;
  await runThroughRetries(context, () => store.get("app"));
  expect(arrivals).toHaveLength(4 * requestsOfAttempt(0).length);
  await runThroughRetries(context, () => store.get("app"));
  expect(arrivals).toHaveLength(5 * requestsOfAttempt(0).length);

  const before = proxy.stats;
  const codes = await Promise.all(
    Array.from({ length: 1_000 }, () =>
      store.get("app").then(
        () => "ok",
        (error: unknown) => (error as { code: string }).code,
      ),
    ),
  );
  expect(new Set(codes)).toEqual(new Set(["CircuitOpen"]));
  expect(proxy.stats).toEqual(before);

  await vault.unseal();
  await clock.advance(30_000);
  const probing = Array.from({ length: 100 }, () =>
    store.get("app").then(
      (secret) => secret.text(),
      (error: unknown) => (error as { code: string }).code,
    ),
  );
  const outcomes = await Promise.all(probing);
  expect(outcomes.filter((outcome) => outcome === "s3cret")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "CircuitOpen")).toHaveLength(99);
  expect((await store.get("app")).text()).toBe("s3cret");
});
