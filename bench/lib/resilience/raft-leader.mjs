// A real cluster of three nodes loses its leader while a store reads from another node.
import { mountKv, openVaultStore } from "../resilience-context.mjs";

/** Reads go on for so long after the loss. */
const afterMs = 12_000;

/** @param {import("../resilience-context.mjs").Context} context */
export async function run(context) {
  const cluster = await context.servers.startVaultCluster();
  try {
    await mountKv(cluster);
    await cluster.request("POST", "kv/app", { value: "x" });
    const leader = await cluster.leader();
    const standby = cluster.nodes.find((/** @type {any} */ node) => node !== leader);
    const access = { address: standby.address, token: cluster.rootToken };
    // A short time to live, so that reads go to the cluster throughout.
    const store = await openVaultStore(context, access, {
      resilience: { cache: { ttlSeconds: 0.1 } },
    });
    let retries = 0;
    let upstream = 0;
    store.on("retry", () => (retries += 1));
    store.on("attempt-start", () => (upstream += 1));
    /** @type {Record<string, number>} */
    const failed = {};
    let reads = 0;
    let stale = 0;
    let longestMs = 0;
    const read = async () => {
      const startMs = performance.now();
      reads += 1;
      try {
        const secret = await store.get("app");
        if (secret.text() !== "x") throw new Error("Another value was read than was written.");
        if (secret.metadata?.stale === true) stale += 1;
      } catch (error) {
        const code = String(/** @type {any} */ (error).code ?? error);
        failed[code] = (failed[code] ?? 0) + 1;
      }
      longestMs = Math.max(longestMs, performance.now() - startMs);
    };
    await read();
    const startMs = performance.now();
    const killing = leader.kill();
    let electedMs = Number.NaN;
    const electing = killing
      .then(() => cluster.leader())
      .then(() => (electedMs = performance.now() - startMs));
    const reading = [];
    while (performance.now() - startMs < afterMs) {
      reading.push(read());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all([...reading, electing]);
    await store.close();
    const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
    return [
      { name: "raft-election-s", value: electedMs / 1_000 },
      { name: "raft-leader-lost-reads", value: reads },
      {
        name: "raft-leader-lost-failed-reads",
        value: failures,
        atMost: 0,
        note: Object.entries(failed)
          .map(([code, count]) => `${count} ${code}`)
          .join(", "),
      },
      { name: "raft-leader-lost-stale-reads", value: stale },
      { name: "raft-leader-lost-upstream-attempts", value: upstream },
      { name: "raft-leader-lost-retries-of-all-reads", value: retries },
      { name: "raft-leader-lost-longest-read-s", value: longestMs / 1_000 },
    ];
  } finally {
    await cluster.stop();
  }
}
