// pnpm bench:resilience [--check] [--only soak,raft-leader] [--minutes N] [--seed N]: what becomes of
// calls while a real Vault fails. Each file in lib/resilience is one group of figures.
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { reportFigures } from "./lib/figures.mjs";
import { loadWorkspace } from "./lib/resilience-context.mjs";

const groupsFolder = new URL("lib/resilience/", import.meta.url);
const groups = readdirSync(groupsFolder)
  // Leases have a runner of their own, bench/leases.mjs, with other servers.
  .filter((file) => file.endsWith(".mjs") && !file.startsWith("lease-"))
  .map((file) => file.slice(0, -".mjs".length))
  .sort();

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    only: { type: "string", default: groups.join(",") },
    minutes: { type: "string", default: "3" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const chosen = options.only.split(",");
const unknown = chosen.filter((name) => !groups.includes(name));
if (unknown.length > 0) {
  throw new Error(`--only knows ${groups.join(", ")}; not ${unknown.join(", ")}.`);
}
const minutes = Number(options.minutes);
const seed = Number(options.seed);
if (!(minutes > 0)) throw new Error("--minutes takes a number above 0.");
if (!Number.isSafeInteger(seed)) throw new Error("--seed takes a whole number.");

const workspace = await loadWorkspace();
let exitCode = 0;
for (const name of chosen) {
  console.log(`# ${name} (seed ${seed})`);
  /** @type {import("./lib/resilience-context.mjs").Group} */
  const group = await import(new URL(`${name}.mjs`, groupsFolder).href);
  const figures = await group.run({ ...workspace, minutes, seed });
  exitCode ||= reportFigures(figures, { check: options.check });
}
process.exitCode = exitCode;
