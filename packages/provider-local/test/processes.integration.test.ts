import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isSecretError } from "@kinko/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { report } from "./report.js";
import { createTestStore, type TestStore } from "./store-harness.js";
import {
  bundleWorker,
  startWorker,
  type Worker,
  type WorkerBundle,
} from "./workers/start-worker.js";

const processes = 8;
const incrementsEach = 500;
const kills = 300;
const killedAtOnce = 4;

let bundle: WorkerBundle;
beforeAll(async () => {
  bundle = await bundleWorker();
});
afterAll(() => bundle.remove());

function work(store: TestStore, command: string, argument: string, env = {}): Worker {
  return startWorker(bundle, [command, store.directory, argument], {
    env: { ...store.env, ...env },
  });
}

test(`${processes} processes that add 1 by check-and-set ${incrementsEach} times end at ${processes * incrementsEach}`, async () => {
  const shared = await createTestStore();
  try {
    const store = shared.store();
    await store.put("counter", "0");
    const startedMs = performance.now();
    const workers = Array.from({ length: processes }, () =>
      work(shared, "increment", String(incrementsEach), { LOCK_TIMEOUT_MS: "60000" }),
    );
    const ends = await Promise.all(workers.map((worker) => worker.ended()));
    const lines = workers.flatMap((worker) => worker.lines);
    expect(lines).toEqual(Array.from({ length: processes }, () => "done"));
    expect(ends.every(({ code }) => code === 0)).toBe(true);
    expect((await store.get("counter")).text()).toBe(String(processes * incrementsEach));
    report(
      `${processes} x ${incrementsEach} increments in ${Math.round(performance.now() - startedMs)} ms`,
    );
  } finally {
    await shared.remove();
  }
}, 600_000);

test(`a process killed at ${kills} random points of a write loop loses no acknowledged write`, async () => {
  const shared = await createTestStore();
  let acknowledged = 0;
  let taken = 0;
  const killOne = async (round: number): Promise<void> => {
    const name = `round-${round}`;
    const worker = work(shared, "write", name, { LOCK_TIMEOUT_MS: "60000" });
    await worker.nextLine();
    expect(worker.lines).toEqual(worker.lines.filter((line) => line.startsWith("ack ")));
    await pause(randomInt(0, 60));
    worker.child.kill("SIGKILL");
    expect((await worker.ended()).signal).toBe("SIGKILL");
    const last = Number(worker.lines.at(-1)?.slice("ack ".length));
    acknowledged += last;
    // A store that was just opened, so that nothing comes from memory.
    const reopened = shared.store();
    const found = Number((await reopened.get(name)).text());
    await reopened.close();
    // The write after the last acknowledged one may have been made or not.
    expect([last, last + 1]).toContain(found);
    if (found === last + 1) taken += 1;
  };
  try {
    const rounds = Array.from({ length: kills }, (_, round) => round).values();
    const killer = async (): Promise<void> => {
      for (const round of rounds) await killOne(round);
    };
    await Promise.all(Array.from({ length: killedAtOnce }, killer));
    const store = shared.store();
    await store.put("afterwards", "works");
    expect((await store.get("afterwards")).text()).toBe("works");
    report(
      `${kills} kills, ${acknowledged} acknowledged writes, 0 lost; ${taken} writes were made but not acknowledged`,
    );
  } finally {
    await shared.remove();
  }
}, 600_000);

test("a stopped process keeps its lock: others are told who has it, and nothing is lost when it goes on", async () => {
  const shared = await createTestStore();
  const worker = work(shared, "write", "loop", { LOCK_TIMEOUT_MS: "60000" });
  try {
    await worker.nextLine();
    await stopWhileLocked(worker, `${shared.file}.lock`);
    const other = shared.store({ lockTimeoutMs: 200 });
    const error: unknown = await other.put("other", "value").catch((caught: unknown) => caught);
    expect(isSecretError(error, "Unavailable")).toBe(true);
    expect(error).toMatchObject({ reason: "store-locked", retryable: true });
    expect(String(error)).toContain(`process ${worker.child.pid}`);
    expect(Number((await other.get("loop")).text())).toBeGreaterThan(0);

    worker.child.kill("SIGCONT");
    const patient = shared.store({ lockTimeoutMs: 30_000 });
    await patient.put("other", "value");
    await worker.nextLine();
    worker.child.kill("SIGKILL");
    await worker.ended();
    const last = Number(worker.lines.at(-1)?.slice("ack ".length));
    const found = Number((await patient.get("loop")).text());
    expect([last, last + 1]).toContain(found);
    expect((await patient.get("other")).text()).toBe("value");
  } finally {
    worker.child.kill("SIGKILL");
    await worker.ended();
    await shared.remove();
  }
}, 120_000);

test("validate tells a process beforehand that it may read and not write", async () => {
  const shared = await createTestStore();
  try {
    await shared.store().put("a", "1");
    const folder = dirname(shared.file);
    // access(2) lets root do anything, so this takes a process of another user.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) execFileSync("chown", ["-R", "65534:65534", shared.directory]);
    await chmod(folder, 0o500);
    const worker = startWorker(bundle, ["validate", shared.directory, "a"], {
      env: shared.env,
      under: isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [],
    });
    await worker.ended();
    expect(worker.lines).toEqual(["get allowed", "list allowed", "put denied", "delete denied"]);
    await chmod(folder, 0o700);
  } finally {
    await shared.remove();
  }
});

/** Stops the worker at random moments until it is one at which it holds the lock. */
async function stopWhileLocked(worker: Worker, lockFile: string): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    await pause(randomInt(1, 10));
    worker.child.kill("SIGSTOP");
    await pause(5);
    const lock = await readFile(lockFile, "utf8").catch(() => "");
    if (lock.includes(`"pid":${worker.child.pid},`)) return;
    worker.child.kill("SIGCONT");
  }
  throw new Error("The worker was never seen with the lock.");
}
