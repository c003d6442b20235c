// 10,000 concurrent reads of keys that nobody has read before: how many requests reach the server.
import { mountKv, openVaultStore } from "../resilience-context.mjs";

const reads = 10_000;

/** @param {import("../resilience-context.mjs").Context} context */
export async function run(context) {
  const server = await context.servers.startStoredVault();
  try {
    await mountKv(server);
    for (let key = 0; key < 1_000; key += 1) {
      await server.request("POST", `kv/key-${key}`, { value: `value ${key}` });
    }
    const figures = [];
    for (const keys of [1, 1_000]) {
      const access = { address: server.address, token: server.rootToken };
      const store = await openVaultStore(context, access, {
        resilience: { cache: {} },
        timeoutMs: 60_000,
      });
      let attempts = 0;
      store.on("attempt-start", () => (attempts += 1));
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      await Promise.all(
        Array.from({ length: reads }, async (_, index) => {
          const key = index % keys;
          const secret = await store.get(`key-${key}`);
          if (secret.text() !== `value ${key}`) throw new Error("Another value was read.");
        }),
      );
      const grownMb = (process.memoryUsage().rss - before) / 2 ** 20;
      await store.close();
      figures.push(
        { name: `cold-${reads}-reads-of-${keys}-upstream-calls`, value: attempts, atMost: keys },
        { name: `cold-${reads}-reads-of-${keys}-rss-growth-mb`, value: grownMb, atMost: 150 },
      );
    }
    return figures;
  } finally {
    await server.stop();
  }
}
