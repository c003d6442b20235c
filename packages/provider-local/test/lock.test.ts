import { spawn } from "node:child_process";
import { readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { systemClock } from "@kinko/core";
import { FakeClock } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acquireLock, lockFileOf, type FileLock } from "../src/file/lock.js";
import { isProvablyDead, parseOwner, thisOwner, type LockOwner } from "../src/file/lock-owner.js";
import { removeLeftovers } from "../src/file/leftovers.js";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

const never = new AbortController().signal;
const tokenOf = (digit: string): string => digit.repeat(32);

let local: TestStore;
let lockFile: string;
beforeEach(async () => {
  local = await createTestStore();
  lockFile = lockFileOf(local.file);
});
afterEach(() => local.remove());

function acquire(timeoutMs = 0): Promise<FileLock> {
  return acquireLock(local.file, { clock: systemClock, timeoutMs, signal: never });
}

/** A process that has certainly ended, with its parent having asked for it. */
async function deadOwner(token: string): Promise<LockOwner> {
  const child = spawn(process.execPath, ["-e", "0"]);
  await new Promise((resolve) => child.on("close", resolve));
  return { ...(await thisOwner(token)), pid: child.pid as number };
}

async function leaveLock(owner: LockOwner): Promise<void> {
  await writeFile(lockFile, JSON.stringify(owner));
}

describe("the lock", () => {
  test("is held by one at a time, says by whom, and leaves nothing behind", async () => {
    const before = await readdir(`${local.directory}/.kinko`);
    const lock = await acquire();
    const owner = parseOwner(await readFile(lockFile, "utf8"));
    expect(owner).toEqual(await thisOwner(lock.token));
    expect((await stat(lockFile)).mode & 0o777).toBe(0o600);
    const error = await failureOf(acquire());
    expect(error).toMatchObject({ code: "Unavailable", reason: "store-locked", retryable: true });
    expect(error.message).toContain(`process ${process.pid} on`);
    await lock.release();
    await (await acquire()).release();
    expect(await readdir(`${local.directory}/.kinko`)).toEqual(before);
  });

  test("is waited for until it is free", async () => {
    const lock = await acquire();
    const waiting = acquire(10_000);
    await lock.release();
    await (await waiting).release();
  });

  test("of a live owner makes a write wait for its whole time and then fail, on the injected clock", async () => {
    const lock = await acquire();
    const clock = new FakeClock();
    let failed = false;
    const writing = failureOf(local.store({ lockTimeoutMs: 300 }, clock).put("a", "1")).finally(
      () => {
        failed = true;
      },
    );
    while (!failed) {
      await clock.advance(20);
      await systemClock.sleep(0);
    }
    expect((await writing).reason).toBe("store-locked");
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(300);
    await lock.release();
  });

  test("stops waiting at once when the call is cancelled", async () => {
    const lock = await acquire();
    const controller = new AbortController();
    const writing = local.store().put("a", "1", { signal: controller.signal });
    controller.abort();
    expect((await failureOf(writing)).code).toBe("Aborted");
    await lock.release();
    expect((await failureOf(local.store().get("a"))).code).toBe("NotFound");
  });

  test("of a process that has ended is taken over at once", async () => {
    await leaveLock(await deadOwner(tokenOf("1")));
    const lock = await acquire();
    await lock.verify();
    await lock.release();
  });

  test("of a dead owner is taken by exactly one of many at a time", async () => {
    for (let round = 0; round < 5; round += 1) {
      await leaveLock(await deadOwner(tokenOf("1")));
      let holders = 0;
      const take = async (): Promise<void> => {
        const lock = await acquire(30_000);
        holders += 1;
        expect(holders).toBe(1);
        await lock.verify();
        await systemClock.sleep(1);
        holders -= 1;
        await lock.release();
      };
      await Promise.all(Array.from({ length: 8 }, take));
    }
  });

  test("passes on although everybody who tried to take it over has died as well", async () => {
    await leaveLock(await deadOwner(tokenOf("1")));
    const second = await deadOwner(tokenOf("2"));
    const third = await deadOwner(tokenOf("3"));
    await writeFile(`${lockFile}.${tokenOf("1")}.claim`, JSON.stringify(second));
    await writeFile(`${lockFile}.${tokenOf("2")}.claim`, JSON.stringify(third));
    await (await acquire()).release();
    expect(await readdir(`${local.directory}/.kinko`)).toEqual(["store.age"]);
  });

  test("of a dead owner is left to the live process that is taking it over", async () => {
    await leaveLock(await deadOwner(tokenOf("1")));
    const live = await thisOwner(tokenOf("2"));
    await writeFile(`${lockFile}.${tokenOf("1")}.claim`, JSON.stringify(live));
    expect((await failureOf(acquire())).reason).toBe("store-locked");
    expect(parseOwner(await readFile(lockFile, "utf8"))?.token).toBe(tokenOf("1"));
  });

  test.each([
    ["another host", { host: "elsewhere.example" }],
    ["another pid namespace", { pidNamespace: "pid:[1]" }],
  ])("of %s is never taken over, and the error says what to remove", async (_where, other) => {
    await leaveLock({ ...(await deadOwner(tokenOf("1"))), ...other });
    const error = await failureOf(acquire());
    expect(error.reason).toBe("store-locked");
    expect(error.message).toContain(`remove ${lockFile}`);
  });

  test("that is not readable as one is never taken over", async () => {
    for (const text of ["", "{}", "not json", '{"pid":-1,"host":"a","token":"b"}', "[]"]) {
      await writeFile(lockFile, text);
      expect((await failureOf(acquire())).message).toContain(`remove ${lockFile}`);
    }
  });

  test("that was removed by hand stops its owner's write before it replaces the store", async () => {
    const lock = await acquire();
    await unlink(lockFile);
    expect((await failureOf(lock.verify())).reason).toBe("lock-lost");
    const next = await acquire();
    expect((await failureOf(lock.verify())).reason).toBe("lock-lost");
    await lock.release();
    await next.verify();
    await next.release();
  });
});

describe("whether an owner is dead", () => {
  test("a pid that now belongs to a later process is dead, a running one is not", async () => {
    const self = await thisOwner(tokenOf("1"));
    expect(await isProvablyDead(self, self, "/")).toBe(false);
    expect(await isProvablyDead({ ...self, startTime: "1" }, self, "/")).toBe(true);
    expect(await isProvablyDead({ ...self, startTime: undefined }, self, "/")).toBe(false);
  });

  test("another boot is over only where no other machine can have the file system", async () => {
    const self = await thisOwner(tokenOf("1"));
    const rebooted = { ...self, bootId: "00000000-0000-0000-0000-000000000000" };
    expect(await isProvablyDead(rebooted, self, "/proc")).toBe(false);
    expect(await isProvablyDead({ ...self, bootId: undefined }, self, "/dev/shm")).toBe(false);
    expect(await isProvablyDead(rebooted, self, "/dev/shm")).toBe(true);
  });

  test("a killed process that nobody has asked for yet is dead", async () => {
    const parent = spawn("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const pid = await new Promise<number>((resolve) => {
        parent.stdout.once("data", (text: Buffer) => resolve(Number(text.toString())));
      });
      let stat = "";
      while (!/\) Z /u.test(stat)) {
        await systemClock.sleep(1);
        stat = await readFile(`/proc/${pid}/stat`, "utf8");
      }
      const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] as string;
      const self = await thisOwner(tokenOf("1"));
      expect(await isProvablyDead({ ...self, pid, startTime }, self, "/")).toBe(true);
    } finally {
      parent.kill("SIGKILL");
    }
  });
});

test("a write sweeps away what crashed processes left, and touches no other file", async () => {
  const keep = ["store.age.tmp", "store.age.backup", "store.age.xyz.tmp", "other.age.lock"];
  const dead = JSON.stringify(await deadOwner(tokenOf("4")));
  const live = JSON.stringify(await thisOwner(tokenOf("5")));
  const folder = `${local.directory}/.kinko`;
  for (const name of keep) await writeFile(`${folder}/${name}`, "x");
  await writeFile(`${folder}/store.age.${tokenOf("a")}.tmp`, "half a store");
  await writeFile(`${lockFile}.${tokenOf("4")}.tmp`, dead);
  await writeFile(`${lockFile}.${tokenOf("9")}.claim`, dead);
  await writeFile(`${lockFile}.${tokenOf("5")}.tmp`, live);
  await local.store().put("a", "1");
  expect((await readdir(folder)).sort()).toEqual(
    [...keep, "store.age", `store.age.lock.${tokenOf("5")}.tmp`].sort(),
  );
  await removeLeftovers(local.file, tokenOf("0"));
  expect(await readFile(`${lockFile}.${tokenOf("5")}.tmp`, "utf8")).toBe(live);
});
