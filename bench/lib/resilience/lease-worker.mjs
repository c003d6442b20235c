// A program that holds leases until SIGTERM: COUNT ROLE-PATH [JOURNAL-FOLDER].
import { writeSync } from "node:fs";
import { importBuilt } from "./lease-servers.mjs";

const [count = "1", path = "", journal] = process.argv.slice(2);
const { createStore, silentLogger, systemClock } = await importBuilt("packages/core/dist/index.js");
const { createLeaseManager } = await importBuilt("packages/core/dist/leases/index.js");
const { provider } = await importBuilt("packages/provider-vault/dist/index.js");

/** @param {readonly unknown[]} words */
const say = (...words) => void writeSync(1, `${words.join(" ")}\n`);

const context = {
  clock: systemClock,
  logger: silentLogger,
  directory: process.cwd(),
  env: process.env,
  timeoutMs: 30_000,
};
const store = createStore("vault", await provider.create({}, context));
const vault = store.as("dynamic");
let renewing = 0;
let begun = 0;

// With TERMINATE_AT_MS all renewals that are due before begin at once in that moment of the process's
// life, so that none has been answered when the last one of them has the signal sent.
const terminateAtMs = Number(process.env["TERMINATE_AT_MS"] ?? 0);
const startMs = systemClock.monotonicMs();
/** @type {Set<() => void>} */
const gathered = new Set();
const clock = {
  ...systemClock,
  /**
   * @param {number} delayMs
   * @param {() => void} callback
   */
  schedule: (delayMs, callback) => {
    const untilMs = startMs + terminateAtMs - systemClock.monotonicMs();
    if (delayMs < 5_000 || delayMs >= untilMs) return systemClock.schedule(delayMs, callback);
    if (gathered.size === 0) {
      systemClock.schedule(untilMs, () => {
        for (const each of gathered) each();
      });
    }
    const own = () => callback();
    gathered.add(own);
    return () => void gathered.delete(own);
  },
};
const leases = createLeaseManager({
  dynamic: {
    issue: (/** @type {unknown[]} */ ...parameters) => vault.issue(...parameters),
    revoke: (/** @type {unknown[]} */ ...parameters) => vault.revoke(...parameters),
    renew: async (/** @type {unknown[]} */ ...parameters) => {
      renewing += 1;
      begun += 1;
      if (terminateAtMs > 0 && begun === Number(count)) process.kill(process.pid, "SIGTERM");
      try {
        return await vault.renew(...parameters);
      } finally {
        renewing -= 1;
      }
    },
  },
  journal: journal === undefined ? undefined : { directory: journal },
  clock,
  random: () => 0.5,
});

process.once("SIGTERM", () => {
  say("in flight", renewing);
  void leases
    .close()
    .then(() => store.close())
    .then(() => process.exit(0));
});

await leases.orphans;
const handles = await Promise.all(
  Array.from({ length: Number(count) }, () => leases.acquire({ path })),
);
say("ready");
setInterval(() => {
  for (const handle of handles) {
    try {
      const { expiresAt, generation } = handle.current();
      say("use", generation, expiresAt.getTime() - Date.now());
    } catch {
      say("none");
    }
  }
}, 100);
