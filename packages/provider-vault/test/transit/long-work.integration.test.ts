import { createCipheriv, createHash, randomBytes, randomInt } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanary, expectClean, expectFilesClean } from "@kinko/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useTransit } from "./use-transit.js";
import { bundleTransitWorker, type TransitWorker } from "./workers/start-worker.js";

const { vault, mount, transit, newKey } = useTransit();
const canary = createCanary();
let folder: string;
let worker: TransitWorker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinko-transit-"));
  worker = await bundleTransitWorker({
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.token,
    TRANSIT_MOUNT: mount,
  });
});
afterAll(async () => {
  await worker.remove();
  await rm(folder, { recursive: true });
});

describe("100,000 ciphertexts", () => {
  const count = 100_000;
  const plaintextOf = (index: number): string => `${index} ${canary.value}`;

  test(
    "are all of the newest version after a rotation, however often the process was killed",
    { timeout: 300_000 },
    async () => {
      const key = await newKey();
      const items = Array.from({ length: count }, (_, index) => ({
        plaintext: Buffer.from(plaintextOf(index)),
      }));
      const sealed = await transit().encryptMany(key, items);
      const texts = sealed.map((each) => ("value" in each ? each.value : ""));
      const [input, output] = [join(folder, "ciphertexts"), join(folder, "rewrapped")];
      await writeFile(input, `${texts.join("\n")}\n`);
      await transit().rotateKey(key);

      let kills = 0;
      let resumedLines = 0;
      for (;;) {
        let left = kills < 6 ? randomInt(1, 14) : Number.POSITIVE_INFINITY;
        const run = await worker.run(["rewrap", key, input, output], (report, child) => {
          left -= 1;
          if (left === 0 && !("done" in report)) child.kill("SIGKILL");
        });
        expectClean(run.stderr, canary);
        if (run.signal === "SIGKILL") {
          kills += 1;
          expect(await readdir(folder)).not.toContain("rewrapped");
          continue;
        }
        expect(run).toMatchObject({ code: 0, stderr: "" });
        const done = run.reports.find((report) => "done" in report)?.["done"];
        expect(done).toMatchObject({ lines: count, versions: { "2": count }, failedLines: 0 });
        ({ resumedLines } = done as { readonly resumedLines: number });
        break;
      }
      expect(kills).toBeGreaterThan(0);
      expect(resumedLines).toBeGreaterThan(0);
      expect((await readdir(folder)).sort()).toEqual(["ciphertexts", "rewrapped"]);
      await expectFilesClean(folder, canary);

      const rewrapped = (await readFile(output, "utf8")).trimEnd().split("\n");
      expect(rewrapped).toHaveLength(count);
      expect(rewrapped.every((text) => text.startsWith("vault:v2:"))).toBe(true);
      // The old version is of no use any more: what opens now was really encrypted anew.
      await transit().configureKey(key, { minDecryptionVersion: 2 });
      const opened = await transit().decryptMany(
        key,
        rewrapped.map((ciphertext) => ({ ciphertext })),
      );
      const same = opened.every(
        (each, index) => "value" in each && each.value.text() === plaintextOf(index),
      );
      expect(same).toBe(true);
      await rm(input);
      await rm(output);
    },
  );
});

describe("a file of 64 MiB", () => {
  const size = 64 * 1024 * 1024;
  /** More than Node itself, two chunks and what waits for the collector; a whole copy would show. */
  const maxRssBytes = 150_000_000;

  test(
    "is encrypted and opened in constant memory, and comes back the same",
    { timeout: 300_000 },
    async () => {
      const key = await newKey();
      const [plain, sealed, opened] = ["plain", "sealed", "opened"].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      await writePseudoRandom(plain, size);
      for (const argv of [
        ["encrypt", key, plain, sealed],
        ["decrypt", key, sealed, opened],
      ]) {
        const run = await worker.run(argv);
        expect(run).toMatchObject({ code: 0, stderr: "" });
        expect(run.reports.at(-1)?.["maxRssBytes"]).toBeLessThan(maxRssBytes);
      }
      expect(await digestOf(opened)).toBe(await digestOf(plain));
      expect(await digestOf(sealed)).not.toBe(await digestOf(plain));

      // After a rotation the data key in it can still be opened, and after a trim it cannot.
      await transit().rotateKey(key);
      expect(await worker.run(["decrypt", key, sealed, opened])).toMatchObject({ code: 0 });
      await transit().configureKey(key, { minDecryptionVersion: 2 });
      await rm(opened);
      const refused = await worker.run(["decrypt", key, sealed, opened]);
      expect(refused.code).not.toBe(0);
      expect((await readdir(folder)).sort()).toEqual(["plain", "sealed"]);
    },
  );
});

/** Bytes that no compression helps with, made on the fly. */
async function writePseudoRandom(file: string, size: number): Promise<void> {
  const stream = createCipheriv("aes-256-ctr", randomBytes(32), Buffer.alloc(16));
  const zeros = Buffer.alloc(1024 * 1024);
  const handle = await open(file, "wx", 0o600);
  try {
    for (let at = 0; at < size; at += zeros.byteLength) await handle.write(stream.update(zeros));
  } finally {
    await handle.close();
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
