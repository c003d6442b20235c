// A real Vault behind a proxy that fails at random, for --minutes: what is read, how old it is, and
// what the process holds. Print the seed, give it to --seed, and the same faults come again.
import { readdirSync } from "node:fs";
import { mountKv, openVaultStore } from "../resilience-context.mjs";
import { slopePerTenMinutes } from "../slope.mjs";

const keys = 50;
const readsAtOnce = 8;
/** More connections than the driver keeps (16). */
const fillsPool = 48;
const ttlSeconds = 2;
const maxStaleSeconds = 5;
const sampleMs = 1_000;
/** The first part fills caches and pools, and says nothing about a leak. */
const warmUpShare = 0.25;

/** @param {import("../resilience-context.mjs").Context} context */
export async function run(context) {
  const server = await context.servers.startStoredVault();
  const proxy = await context.faults.startFaultProxy({ target: server.address });
  try {
    await mountKv(server);
    const store = await openVaultStore(
      context,
      { address: proxy.address, token: server.rootToken },
      {
        timeoutMs: 3_000,
        resilience: {
          cache: { ttlSeconds, maxStaleSeconds, staleWaitSeconds: 0.2 },
          breaker: { openSeconds: 1 },
        },
      },
    );
    return await soak(context, { server, proxy, store });
  } finally {
    await proxy.close();
    await server.stop();
  }
}

/**
 * @param {import("../resilience-context.mjs").Context} context
 * @param {{ server: any, proxy: any, store: any }} parts
 */
async function soak({ faults, minutes, seed }, { server, proxy, store }) {
  const ending = new AbortController();
  /** Of each key, when a write of each value had begun, and when the next one was done. */
  const written = Array.from({ length: keys }, () => /** @type {Written[]} */ ([]));
  const counts = { reads: 0, stale: 0, failed: 0, unknown: 0, tooOld: 0, oldestS: 0, faults: 0 };
  for (let key = 0; key < keys; key += 1) await write(server, written, key);

  const descriptorsBefore = await restingDescriptors(store);
  const writing = loop(ending.signal, 20, async (turn) => {
    await write(server, written, turn % keys);
  });
  const reading = Array.from({ length: readsAtOnce }, (_, reader) =>
    loop(ending.signal, 5, async (turn) => {
      const key = (turn * 7 + reader) % keys;
      const startMs = performance.now();
      counts.reads += 1;
      try {
        const secret = await store.get(`key-${key}`);
        judge(counts, written[key] ?? [], secret, startMs);
      } catch (error) {
        if (/** @type {any} */ (error).retryable !== true) throw error;
        counts.failed += 1;
      }
    }),
  );
  /** @type {{ atMs: number, heapMb: number }[]} */
  const samples = [];
  const sampling = loop(ending.signal, sampleMs, async () => {
    globalThis.gc?.();
    samples.push({ atMs: performance.now(), heapMb: heldMb() });
  });
  const failing = faults.runFaultSchedule(proxy, faults.faultSchedule({ seed }), {
    signal: ending.signal,
    onFault: () => (counts.faults += 1),
  });
  const timer = setTimeout(() => ending.abort(), minutes * 60_000);
  await Promise.all([writing, ...reading, sampling, failing]);
  clearTimeout(timer);
  const settled = samples.slice(Math.floor(samples.length * warmUpShare));
  const descriptors = await restingDescriptors(store, descriptorsBefore);
  await store.close();
  return [
    { name: "soak-minutes", value: minutes, note: `seed ${seed}` },
    { name: "soak-faults", value: counts.faults },
    { name: "soak-reads", value: counts.reads },
    { name: "soak-reads-served-stale", value: counts.stale },
    { name: "soak-reads-failed-with-a-passing-error", value: counts.failed },
    { name: "soak-values-never-written", value: counts.unknown, atMost: 0 },
    { name: "soak-values-too-old", value: counts.tooOld, atMost: 0 },
    {
      name: "soak-oldest-value-s",
      value: counts.oldestS,
      atMost: ttlSeconds + maxStaleSeconds + 3,
      note: "since it was replaced; a call may take 3 s more",
    },
    {
      name: "soak-memory-slope-mb-per-10-min",
      value: slopePerTenMinutes(settled.map(({ atMs, heapMb }) => [atMs, heapMb])),
      atMost: 2,
    },
    {
      name: "soak-file-descriptors-after-to-before",
      value: descriptors - descriptorsBefore,
      atMost: 5,
      atLeast: -5,
      note: `${descriptorsBefore} before`,
    },
  ];
}

/** @typedef {{ value: string, replacedMs: number }} Written */

/**
 * Past the proxy: what is written is known.
 *
 * @param {any} server
 * @param {Written[][]} written
 * @param {number} key
 */
async function write(server, written, key) {
  const history = written[key];
  if (history === undefined) throw new RangeError("There is no such key.");
  const value = `${key} ${performance.now()}`;
  history.push({ value, replacedMs: Number.POSITIVE_INFINITY });
  const { status } = await server.request("POST", `kv/key-${key}`, { value });
  if (status >= 300) throw new Error(`Vault answered ${status} to a write.`);
  const before = history.at(-2);
  if (before !== undefined) before.replacedMs = performance.now();
  // What was replaced a minute ago is too old in any case, and counts as never written. Kept for
  // longer, it would grow the memory that is measured here.
  while ((history[0]?.replacedMs ?? Infinity) < performance.now() - 60_000) history.shift();
}

/**
 * @param {{ stale: number, unknown: number, tooOld: number, oldestS: number }} counts
 * @param {readonly Written[]} history
 * @param {any} secret
 * @param {number} startMs when the read began
 */
function judge(counts, history, secret, startMs) {
  const found = history.find(({ value }) => value === secret.text());
  if (secret.metadata?.stale === true) counts.stale += 1;
  if (found === undefined) {
    counts.unknown += 1;
    return;
  }
  const ageMs = startMs - found.replacedMs;
  if (ageMs > 0) counts.oldestS = Math.max(counts.oldestS, ageMs / 1_000);
  if (ageMs > (ttlSeconds + maxStaleSeconds) * 1_000) counts.tooOld += 1;
}

/**
 * @param {AbortSignal} signal
 * @param {number} pauseMs
 * @param {(turn: number) => Promise<void>} work
 */
async function loop(signal, pauseMs, work) {
  for (let turn = 0; !signal.aborted; turn += 1) {
    await work(turn);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function openDescriptors() {
  return readdirSync("/proc/self/fd").length;
}

/**
 * Descriptors while nothing is under way and the pool is as full as it gets: all of its connections
 * are used at once, by what no cache and no breaker answers.
 *
 * @param {any} store
 * @param {number} [before] to come near to, while what was given up closes
 */
async function restingDescriptors(store, before = Number.NaN) {
  for (let tries = 0; ; tries += 1) {
    await Promise.all(Array.from({ length: fillsPool }, () => store.health()));
    // What the pool does not keep is closed on all sides only a moment later.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const now = openDescriptors();
    if (Number.isNaN(before) || Math.abs(now - before) <= 5 || tries === 20) return now;
  }
}

function heldMb() {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 2 ** 20;
}
