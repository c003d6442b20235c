import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { importBuilt } from "./lease-servers.mjs";
import { startWorker } from "./lease-process.mjs";

/** @typedef {import("./lease-servers.mjs").LeaseServers} LeaseServers */
/** @typedef {import("../figures.mjs").Figure} Figure */

const worker = fileURLToPath(new URL("lease-worker.mjs", import.meta.url));

/**
 * 500 leases that were born together, with 30 s, for 3 minutes: none is lost, and they spread.
 *
 * @param {LeaseServers} servers
 * @returns {Promise<Figure[]>}
 */
async function spread({ store, createRole, accounts }) {
  const count = 500;
  const path = await createRole("spread", 30);
  const { createLeaseManager } = await importBuilt("packages/core/dist/leases/index.js");
  /** @type {Map<number, number>} */
  const seconds = new Map();
  let lost = 0;
  let rotated = 0;
  let bornMs = performance.now();
  const leases = createLeaseManager({
    dynamic: store.as("dynamic"),
    closeTimeoutMs: 30_000,
    callTimeoutMs: 30_000,
    onEvent: (/** @type {{ type: string }} */ { type }) => {
      if (type === "lost") lost += 1;
      if (type === "rotated") rotated += 1;
      const ageMs = performance.now() - bornMs;
      if (type !== "renewed" || ageMs < 30_000) return;
      const second = Math.floor(ageMs / 1_000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    },
  });
  const startMs = performance.now();
  await Promise.all(Array.from({ length: count }, () => leases.acquire({ path })));
  bornMs = performance.now();
  await pause(180_000);
  const most = Math.max(...seconds.values());
  const alive = await accounts("spread");
  await leases.close();
  return [
    { name: "spread-born-within-ms", value: bornMs - startMs },
    { name: "spread-lost-leases", value: lost, atMost: 0 },
    { name: "spread-rotated-leases", value: rotated, atMost: 0 },
    { name: "spread-accounts-after-180-s", value: alive, atMost: count, atLeast: count },
    { name: "spread-most-renewals-in-a-second-percent", value: (most / count) * 100, atMost: 15 },
    { name: "spread-accounts-after-close", value: await accounts("spread"), atMost: 0 },
  ];
}

/**
 * Renew statements that fail, for 5 minutes with 60 s: hardly more accounts than lives.
 *
 * @param {LeaseServers} servers
 * @returns {Promise<Figure[]>}
 */
async function renewFails({ store, createRole, accounts }) {
  const path = await createRole("renewfails", 60, [
    `ALTER ROLE "{{name}}" NO SUCH THING '{{expiration}}'`,
  ]);
  const { createLeaseManager } = await importBuilt("packages/core/dist/leases/index.js");
  const dynamic = store.as("dynamic");
  let issued = 0;
  let renewals = 0;
  let gaps = 0;
  const leases = createLeaseManager({
    dynamic: {
      issue: (/** @type {unknown[]} */ ...parameters) => {
        issued += 1;
        return dynamic.issue(...parameters);
      },
      renew: (/** @type {unknown[]} */ ...parameters) => {
        renewals += 1;
        return dynamic.renew(...parameters);
      },
      revoke: (/** @type {unknown[]} */ ...parameters) => dynamic.revoke(...parameters),
    },
  });
  const handle = await leases.acquire({ path });
  for (let tick = 0; tick < 3_000; tick += 1) {
    await pause(100);
    try {
      handle.current();
    } catch {
      gaps += 1;
    }
  }
  await leases.close();
  return [
    { name: "renew-fails-accounts-made", value: issued, atMost: 6 },
    { name: "renew-fails-renewals-asked", value: renewals, atMost: 36 },
    { name: "renew-fails-moments-without-credentials", value: gaps, atMost: 0 },
    { name: "renew-fails-accounts-after-close", value: await accounts("renewfails"), atMost: 0 },
  ];
}

/**
 * SIGTERM while 200 renewals are under way.
 *
 * @param {LeaseServers} servers
 * @returns {Promise<Figure[]>}
 */
async function terminate({ vault, createRole, accounts }) {
  const path = await createRole("terminate", 24);
  const process = startWorker([worker, "200", path], vault, { TERMINATE_AT_MS: "20000" });
  const inFlightLine = await process.said("in flight");
  const startMs = performance.now();
  const { code } = await process.ended();
  const inFlight = Number(inFlightLine.split(" ").at(-1));
  return [
    // A few answers may come in the turn of the event loop that brings the signal.
    { name: "sigterm-renewals-in-flight", value: inFlight, atLeast: 190 },
    { name: "sigterm-exit-code", value: code ?? NaN, atMost: 0 },
    { name: "sigterm-exit-ms", value: performance.now() - startMs, atMost: 5_000 },
    { name: "sigterm-bytes-on-stderr", value: process.errors().length, atMost: 0 },
    { name: "sigterm-accounts-left", value: await accounts("terminate"), atMost: 0 },
  ];
}

/**
 * SIGSTOP for longer than a life, then SIGCONT.
 *
 * @param {LeaseServers} servers
 * @returns {Promise<Figure[]>}
 */
async function stopped({ vault, createRole, accounts }) {
  const path = await createRole("stopped", 5);
  const process = startWorker([worker, "20", path], vault);
  await process.said("use");
  process.child.kill("SIGSTOP");
  await pause(15_000);
  const from = process.lines.length;
  process.child.kill("SIGCONT");
  await process.said("use 2", from);
  process.child.kill("SIGTERM");
  await process.ended();
  const uses = process.lines.filter((line) => line.startsWith("use "));
  const expired = uses.filter((line) => Number(line.split(" ")[2]) <= 0).length;
  return [
    { name: "sigstop-uses", value: uses.length, atLeast: 1 },
    { name: "sigstop-expired-credentials-used", value: expired, atMost: 0 },
    { name: "sigstop-accounts-left", value: await accounts("stopped"), atMost: 0 },
  ];
}

/**
 * kill -9 with 100 leases, then another start beside a process that goes on.
 *
 * @param {LeaseServers} servers
 * @returns {Promise<Figure[]>}
 */
async function killed({ vault, createRole, accounts }) {
  const path = await createRole("killed", 600);
  const folder = mkdtempSync(join(tmpdir(), "kinko-lease-bench-"));
  try {
    const journal = join(folder, "journal");
    const [first, other] = ["100", "10"].map((count) =>
      startWorker([worker, count, path, journal], vault),
    );
    if (first === undefined || other === undefined) throw new Error("Two processes were started.");
    await Promise.all([first.said("ready"), other.said("ready")]);
    first.child.kill("SIGKILL");
    await first.ended();
    const left = await accounts("killed");
    const next = startWorker([worker, "1", path, journal], vault);
    await next.said("ready");
    const after = await accounts("killed");
    for (const process of [next, other]) process.child.kill("SIGTERM");
    await Promise.all([next.ended(), other.ended()]);
    return [
      { name: "kill-9-accounts-left-by-the-crash", value: left, atMost: 110, atLeast: 110 },
      { name: "kill-9-accounts-after-the-next-start", value: after, atMost: 11, atLeast: 11 },
      { name: "kill-9-accounts-at-the-end", value: await accounts("killed"), atMost: 0 },
      { name: "kill-9-journals-at-the-end", value: readdirSync(journal).length, atMost: 0 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Groups by name, in the order in which they run.
 *
 * @type {Readonly<Record<string, (servers: LeaseServers) => Promise<Figure[]>>>}
 */
export const leaseGroups = {
  "lease-sigterm": terminate,
  "lease-sigstop": stopped,
  "lease-kill-9": killed,
  "lease-spread": spread,
  "lease-renew-fails": renewFails,
};
