import { FakeClock } from "@kinko/testing";
import { keyVaultLimits } from "@kinko/testing/azure-key-vault";
import { expect, test } from "vitest";
import { openAzureStore, optionsFor, startVault, testTls } from "./support.js";

const tls = await testTls();

test("getMany stops at half of what Key Vault takes in its window, and goes on in the next", async () => {
  const clock = new FakeClock({ nowMs: Date.now() });
  const server = await startVault(tls, { clock, enforceRates: true });
  const store = openAzureStore(optionsFor(server, tls), { clock, timeoutMs: 60_000 });
  const reads = (): number =>
    server.requests.filter(({ method, authorized }) => method === "GET" && authorized).length;
  try {
    const refs = Array.from({ length: 100 }, (_, index) => `app/${index}`);
    for (const ref of refs) await store.put(ref, ref);
    const before = reads();
    // Calls at the same time share what the vault takes.
    const half = keyVaultLimits.maxOtherRequests / 2;
    const reading = Array.from({ length: half / refs.length + 1 }, () => store.getMany(refs));
    const all = Promise.all(reading);
    await expect.poll(() => reads() - before, { timeout: 60_000 }).toBe(half);
    await clock.advance(keyVaultLimits.rateWindowMs - 1);
    expect(reads() - before).toBe(half);
    await clock.advance(1);
    for (const found of await all) expect([...found.keys()]).toEqual(refs);
    expect(reads() - before).toBe(half + refs.length);
  } finally {
    await store.close();
    await server.close();
  }
});
