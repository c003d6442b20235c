// pnpm bench:leases [--check] [--only GROUP,…]: dynamic credentials under failure, on a real Vault and
// PostgreSQL. The two groups of minutes run side by side; all of it takes six minutes.
import { parseArgs } from "node:util";
import { reportFigures } from "./lib/figures.mjs";
import { leaseGroups } from "./lib/resilience/lease-groups.mjs";
import { startLeaseServers } from "./lib/resilience/lease-servers.mjs";

const { values: options } = parseArgs({
  options: { check: { type: "boolean", default: false }, only: { type: "string" } },
});
const names = options.only?.split(",") ?? Object.keys(leaseGroups);
const groups = names.map((name) => {
  const run = leaseGroups[name];
  if (run !== undefined) return { name, run };
  throw new Error(`There is no group ${name}. Groups: ${Object.keys(leaseGroups).join(", ")}.`);
});
const takesMinutes = new Set(["lease-spread", "lease-renew-fails"]);

const servers = await startLeaseServers();
try {
  const figures = [];
  for (const { name, run } of groups) {
    if (!takesMinutes.has(name)) figures.push(...(await run(servers)));
  }
  const long = groups.filter(({ name }) => takesMinutes.has(name));
  figures.push(...(await Promise.all(long.map(({ run }) => run(servers)))).flat());
  process.exitCode = reportFigures(figures, { check: options.check });
} finally {
  await servers.stop();
}
