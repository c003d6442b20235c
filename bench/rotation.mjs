// pnpm bench:rotation [--check] [--minutes 5]: ten clients on a pool of @kinko/postgres, whose logins
// live for 20 s and at most 60 s, on a real Vault and PostgreSQL.
import { parseArgs } from "node:util";
import { reportFigures } from "./lib/figures.mjs";
import { importBuilt, startLeaseServers } from "./lib/resilience/lease-servers.mjs";
import { runPoolLoad } from "./lib/rotation/pool-load.mjs";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    minutes: { type: "string", default: "5" },
  },
});
const minutes = Number(options.minutes);
if (!(minutes > 0 && minutes <= 60)) throw new Error("--minutes takes a number up to 60.");

const role = "rotating";
const { createLeaseManager } = await importBuilt("packages/core/dist/leases/index.js");
const { createRotatingPool } = await importBuilt("packages/postgres/dist/index.js");
const servers = await startLeaseServers();
try {
  const path = await servers.createRole(role, 20, undefined, 60);
  const leases = createLeaseManager({ dynamic: servers.store.as("dynamic") });
  const handle = await leases.acquire({ path });
  const { host, port } = servers.postgres;
  let cut = 0;
  let most = 0;
  const pool = createRotatingPool({
    handle,
    pool: { host, port, database: "postgres", max: 10 },
    onEvent: (/** @type {{ readonly cutUses?: number }} */ { cutUses = 0 }) => (cut += cutUses),
  });
  pool.on("connect", () => (most = Math.max(most, pool.totalCount)));
  const seen = await runPoolLoad(pool, { clients: 10, ms: minutes * 60_000 });
  await pool.end();
  await leases.close();
  process.exitCode = reportFigures(
    [
      { name: "rotation-queries", value: seen.queries },
      {
        name: "rotation-failed-queries",
        value: seen.failures.length,
        atMost: 0,
        ...(seen.failures.length > 0 && { note: [...new Set(seen.failures)].join(", ") }),
      },
      // The first login is not one that was changed to.
      { name: "rotation-users-rotated", value: seen.users.size - 1, atLeast: Math.floor(minutes) },
      { name: "rotation-roles-left", value: await servers.accounts(role), atMost: 0 },
      { name: "rotation-connections-cut", value: cut, atMost: 0 },
      { name: "rotation-most-connections", value: most, atMost: 11 },
      { name: "rotation-slowest-query-ms", value: seen.slowestMs },
    ],
    { check: options.check },
  );
} finally {
  await servers.stop();
}
