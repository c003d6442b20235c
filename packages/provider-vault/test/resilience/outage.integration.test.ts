import { createStore, systemClock, type SecretStore } from "@kinko/core";
import { startOwnVault } from "@kinko/servers/vitest";
import { FakeClock } from "@kinko/testing";
import { expect, onTestFinished, test } from "vitest";
import { openProvider } from "../support.js";

const vault = await startOwnVault();
await vault.request("POST", "sys/mounts/kv", { type: "kv", options: { version: "1" } });
for (const key of ["app", "other"]) await vault.request("POST", `kv/${key}`, { value: key });

const ttlSeconds = 60;
const maxStaleSeconds = 600;

/** A store with a cache in front of the real Vault, on a clock of the test's. */
async function open(clock: FakeClock): Promise<SecretStore> {
  const provider = openProvider(
    {
      address: vault.address,
      mount: "kv",
      kvVersion: 1,
      auth: { method: "token", token: vault.rootToken },
    },
    { clock: systemClock },
  );
  const store = createStore("vault", provider, {
    clock,
    resilience: { cache: { ttlSeconds, maxStaleSeconds, refreshAheadRatio: 1 } },
  });
  onTestFinished(() => store.close());
  return store;
}

/** Reads while time passes that the store waits for. */
async function read(store: SecretStore, clock: FakeClock, key = "app"): Promise<Outcome> {
  let outcome: Outcome | undefined;
  void store.get(key).then(
    (secret) => (outcome = { text: secret.text(), metadata: secret.metadata ?? {} }),
    (error: unknown) => (outcome = { code: (error as { code: string }).code }),
  );
  // The real server needs real time to answer, and the store goes through its waits meanwhile.
  while (outcome === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (outcome === undefined) await clock.advance(1);
  }
  return outcome;
}

interface Outcome {
  readonly text?: string;
  readonly code?: string;
  readonly metadata?: object;
}

test("a sealed Vault: what was read is served stale with its age, up to its limit, then Sealed or CircuitOpen", async () => {
  const clock = new FakeClock();
  const store = await open(clock);
  expect((await read(store, clock)).text).toBe("app");
  await vault.seal();
  onTestFinished(() => vault.unseal());

  const fresh = await read(store, clock);
  expect(fresh.text).toBe("app");
  expect(fresh.metadata).not.toMatchObject({ stale: true });

  await clock.advance((ttlSeconds + 1) * 1_000);
  const stale = await read(store, clock);
  expect(stale.text).toBe("app");
  expect(stale.metadata).toMatchObject({ stale: true });
  const { ageMs = Number.NaN } = stale.metadata as { ageMs?: number };
  expect(ageMs / 1_000).toBeGreaterThan(ttlSeconds);
  expect(ageMs / 1_000).toBeLessThan(ttlSeconds + maxStaleSeconds);

  await clock.advance(maxStaleSeconds * 1_000);
  expect(["Sealed", "CircuitOpen"]).toContain((await read(store, clock)).code);
});

test("killed and restarted sealed: stale reads go on, writes fail Sealed, and after unsealing it recovers within the breaker's time", async () => {
  const clock = new FakeClock();
  const store = await open(clock);
  await read(store, clock);
  await vault.kill();
  await clock.advance((ttlSeconds + 1) * 1_000);
  expect((await read(store, clock)).metadata).toMatchObject({ stale: true });
  await vault.restart();
  expect((await read(store, clock)).metadata).toMatchObject({ stale: true });
  await clock.advance(31_000);

  const writing = store.put("other", "new", { timeoutMs: 500 });
  const failure = writing.then(
    () => undefined,
    (error: unknown) => error as { code: string },
  );
  expect(await failure).toMatchObject({ code: "Sealed" });
  expect((await vault.request("GET", "sys/health")).status).toBe(503);

  await vault.unseal();
  // The breaker's 30 s and one more.
  await clock.advance(31_000);
  const recovered = await read(store, clock);
  expect(recovered.text).toBe("app");
  expect((await read(store, clock)).metadata).not.toMatchObject({ stale: true });
  expect((await vault.request("GET", "kv/other")).body["data"]).toEqual({ value: "other" });
});

test("10,000 concurrent reads of a cold key are one request, and of 1,000 keys 1,000", async () => {
  for (let key = 0; key < 1_000; key += 1) {
    await vault.request("POST", `kv/key-${key}`, { value: `value ${key}` });
  }
  for (const keys of [1, 1_000]) {
    const provider = openProvider({
      address: vault.address,
      mount: "kv",
      kvVersion: 1,
      auth: { method: "token", token: vault.rootToken },
    });
    const store = createStore("vault", provider, {
      timeoutMs: 60_000,
      resilience: { cache: {} },
    });
    let attempts = 0;
    store.on("attempt-start", () => (attempts += 1));
    await Promise.all(
      Array.from({ length: 10_000 }, async (_, index) => {
        const key = index % keys;
        expect((await store.get(`key-${key}`)).text()).toBe(`value ${key}`);
      }),
    );
    expect(attempts).toBe(keys);
    await store.close();
  }
});
