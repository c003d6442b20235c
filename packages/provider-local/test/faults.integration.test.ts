import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { randomBytes } from "node:crypto";
import { ensureDebianPackages } from "@kinko/servers";
import { createCanary, expectClean, expectFilesClean } from "@kinko/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { initLocalStore } from "@kinko/provider-local/admin";
import { failureOf } from "./failure.js";
import { report } from "./report.js";
import { createTestStore, type TestStore } from "./store-harness.js";
import { bundleWorker, startWorker, type WorkerBundle } from "./workers/start-worker.js";

const run = promisify(execFile);

/**
 * The system calls of one write, in their order: the lock's content, the lock; the store's content,
 * sync, rename, sync of the folder; removal of the lock.
 */
const calls = [
  { call: "pwrite64", nth: 1, what: "writing the lock" },
  { call: "link", nth: 1, what: "taking the lock" },
  { call: "unlink", nth: 1, what: "removing the lock's first name" },
  { call: "pwrite64", nth: 2, what: "writing the store" },
  { call: "fsync", nth: 1, what: "syncing the store" },
  { call: "rename", nth: 1, what: "replacing the store" },
  { call: "fsync", nth: 2, what: "syncing the folder" },
  { call: "unlink", nth: 2, what: "releasing the lock" },
] as const;

let bundle: WorkerBundle;
let local: TestStore;
beforeAll(async () => {
  await ensureDebianPackages(["strace"]);
  bundle = await bundleWorker();
});
afterAll(() => bundle.remove());
beforeEach(async () => {
  local = await createTestStore();
});
afterEach(() => local.remove());

/** Runs one put under strace with a fault, and says what the process reported. */
async function putWithFault(fault: string, value: string, times = 1): Promise<readonly string[]> {
  const worker = startWorker(bundle, ["put", local.directory, "a"], {
    // strace counts for each thread, and all file work is to be counted together.
    env: { ...local.env, VALUE: value, TIMES: String(times), UV_THREADPOOL_SIZE: "1" },
    under: ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `inject=${fault}`],
  });
  await worker.ended();
  return worker.lines;
}

async function expectIntact(allowed: readonly string[]): Promise<void> {
  const store = local.store();
  const found = (await store.get("a")).text();
  expect(allowed.includes(found)).toBe(true);
  // No lock stays in the way, and the next write cleans up.
  await store.put("next", "works");
  expect(await readdir(join(local.directory, ".kinko"))).toEqual(["store.age"]);
}

describe("a fault in a system call of a write", () => {
  for (const { call, nth, what } of calls) {
    for (const errno of ["EIO", "ENOSPC"]) {
      test(`${errno} when ${what}: the store opens, and nothing acknowledged is lost`, async () => {
        const [before, after] = [createCanary(), createCanary()];
        await local.store().put("a", before.value);
        const lines = await putWithFault(`${call}:error=${errno}:when=${nth}`, after.value);
        expectClean(lines, after);
        await expectFilesClean(local.directory, after);
        if (lines.includes("ack")) {
          // Only calls whose failure does not matter may be followed by an acknowledgement.
          expect(call).toBe("unlink");
          await expectIntact([after.value]);
          return;
        }
        const error = JSON.parse(lines.at(-1)?.replace(/^error /u, "") ?? "") as {
          code: string;
          reason: string;
        };
        expect(error.code).toBe("Unavailable");
        const uncertain = call === "fsync" && nth === 2;
        expect(error.reason).toBe(
          uncertain ? "commit-uncertain" : errno === "EIO" ? "io-error" : "disk-full",
        );
        await expectIntact(uncertain ? [before.value, after.value] : [before.value]);
      });
    }

    test(`a kill when ${what}: the store opens, and nothing acknowledged is lost`, async () => {
      const [before, after] = [createCanary(), createCanary()];
      await local.store().put("a", before.value);
      const lines = await putWithFault(`${call}:signal=SIGKILL:when=${nth}`, after.value);
      await expectFilesClean(local.directory, after);
      expect(lines.filter((line) => line !== "ack")).toEqual([]);
      await expectIntact(lines.includes("ack") ? [after.value] : [before.value, after.value]);
    });
  }
});

test("a process that could not release its lock does not wait for itself", async () => {
  const after = createCanary();
  const lines = await putWithFault("unlink:error=EIO:when=2", after.value, 3);
  expect(lines).toEqual(["ack", "ack", "ack"]);
  await expectIntact([after.value]);
});

describe("a full disk", () => {
  test("of 256 KiB: every acknowledged secret stays, and there is room again after a purge", async () => {
    const disk = join(local.directory, "disk");
    await mkdir(disk, { mode: 0o700 });
    try {
      await run("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "none", disk]);
    } catch {
      report(
        "mounting is not permitted here: the full disk is tested by the file size limit alone",
      );
      return;
    }
    try {
      const options = { file: "disk/store.age" };
      await initLocalStore({ ...options, directory: local.directory, env: local.env });
      const store = local.store(options);
      const written = new Map<string, Buffer>();
      const put = async (): Promise<void> => {
        const value = randomBytes(10_000);
        await store.put(`fill/${written.size}`, value);
        written.set(`fill/${written.size}`, value);
      };
      const fillUp = async (): Promise<never> => {
        while (written.size < 100) await put();
        throw new Error("the disk did not fill up");
      };
      expect(await failureOf(fillUp())).toMatchObject({ code: "Unavailable", reason: "disk-full" });
      expect(written.size).toBeGreaterThan(3);
      expect(await readdir(disk)).toEqual(["store.age"]);
      for (const [name, value] of written) {
        expect((await local.store(options).get(name)).bytes().equals(value)).toBe(true);
      }
      await store.delete("fill/0", { mode: "purge" });
      await store.delete("fill/1", { mode: "purge" });
      await store.put("fits", "again");
      expect((await local.store(options).get("fits")).text()).toBe("again");
      await store.close();
    } finally {
      await run("umount", [disk]);
    }
  });

  test("as a file size limit: every acknowledged secret stays", async () => {
    const worker = startWorker(bundle, ["fill", local.directory, "10000"], {
      env: local.env,
      // In blocks of 512 bytes, as POSIX has it for sh.
      under: ["/bin/sh", "-c", 'ulimit -f 200; exec "$@"', "sh"],
    });
    await worker.ended();
    const last = worker.lines.at(-1) ?? "";
    expect(last).toContain('"reason":"disk-full"');
    const acknowledged = worker.lines.filter((line) => line.startsWith("ack ")).length;
    expect(acknowledged).toBeGreaterThan(2);
    const store = local.store();
    for (let index = 0; index < acknowledged; index += 1) {
      expect((await store.get(`fill/${index}`)).byteLength).toBe(10_000);
    }
    await store.put("next", "works");
    expect(await readdir(join(local.directory, ".kinko"))).toEqual(["store.age"]);
  });
});
