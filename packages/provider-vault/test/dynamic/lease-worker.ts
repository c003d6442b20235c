import { writeSync } from "node:fs";
import { createStore, silentLogger, systemClock } from "@kinko/core";
import { createLeaseManager } from "@kinko/core/leases";
import { provider } from "@kinko/provider-vault";

// A program as an application would be, that holds COUNT leases until SIGTERM:
// COUNT ROLE-PATH [JOURNAL-FOLDER]. Its lines are written synchronously: what was read was true.

const [count = "1", path = "", journal] = process.argv.slice(2);

function say(...words: readonly (string | number)[]): void {
  writeSync(1, `${words.join(" ")}\n`);
}

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
const gathered = new Set<() => void>();
const clock = {
  ...systemClock,
  schedule: (delayMs: number, callback: () => void) => {
    const untilMs = startMs + terminateAtMs - systemClock.monotonicMs();
    if (delayMs < 5_000 || delayMs >= untilMs) return systemClock.schedule(delayMs, callback);
    if (gathered.size === 0) {
      systemClock.schedule(untilMs, () => {
        for (const each of gathered) each();
      });
    }
    const own = (): void => callback();
    gathered.add(own);
    return () => void gathered.delete(own);
  },
};
const leases = createLeaseManager({
  dynamic: {
    issue: (...parameters) => vault.issue(...parameters),
    revoke: (...parameters) => vault.revoke(...parameters),
    lookup: (...parameters) => vault.lookup(...parameters),
    list: (...parameters) => vault.list(...parameters),
    revokePrefix: (...parameters) => vault.revokePrefix(...parameters),
    async renew(...parameters) {
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
  onEvent: ({ type, generation }) => say("event", type, generation),
});

process.once("SIGTERM", () => {
  say("renewing at the end", renewing);
  void leases
    .close()
    .then(() => store.close())
    .then(() => process.exit(0));
});

const { revoked, failed } = await leases.orphans;
say("orphans", revoked, failed);
const handles = await Promise.all(
  Array.from({ length: Number(count) }, () => leases.acquire({ path })),
);
say("ready", process.pid);
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
