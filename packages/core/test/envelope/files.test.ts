import { randomBytes } from "node:crypto";
import {
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { decryptFile, encryptFile, writeStreamAtomically } from "@kinko/core/envelope";
import { createCanary, expectFilesClean } from "@kinko/testing";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { fakeEncryption } from "./support.js";

const key = "backups";
const canary = createCanary();
let folder: string;
let at: (name: string) => string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinko-envelope-"));
  at = (name) => join(folder, name);
  onTestFinished(() => rm(folder, { recursive: true }));
});

describe("files", () => {
  test("come back as they were, and only their owner reads them", async () => {
    const encryption = fakeEncryption();
    const content = randomBytes(700_000);
    await writeFile(at("plain"), content);
    const done: number[] = [];
    const result = await encryptFile(at("plain"), at("sealed"), {
      encryption,
      key,
      onProgress: ({ bytes, totalBytes }) => done.push(bytes / (totalBytes ?? 0)),
    });
    expect(result.inputBytes).toBe(content.byteLength);
    expect(result.outputBytes).toBe((await stat(at("sealed"))).size);
    expect(done.at(-1)).toBe(1);
    await decryptFile(at("sealed"), at("opened"), { encryption });
    expect((await readFile(at("opened"))).equals(content)).toBe(true);
    for (const name of ["sealed", "opened"]) {
      expect((await stat(at(name))).mode & 0o777).toBe(0o600);
    }
    expect((await readdir(folder)).sort()).toEqual(["opened", "plain", "sealed"]);
  });

  test("may be their own output", async () => {
    const encryption = fakeEncryption();
    await writeFile(at("file"), canary.value);
    await encryptFile(at("file"), at("file"), { encryption, key });
    await expectFilesClean(folder, canary);
    await decryptFile(at("file"), at("file"), { encryption });
    expect(await readFile(at("file"), "utf8")).toBe(canary.value);
  });

  test("whose end is not there deliver nothing, and what was there stays", async () => {
    const encryption = fakeEncryption();
    await writeFile(at("plain"), Buffer.alloc(600_000, canary.value));
    await encryptFile(at("plain"), at("sealed"), { encryption, key });
    await rm(at("plain"));
    await truncate(at("sealed"), 524_288 + 400);
    await writeFile(at("opened"), "before");
    const work = decryptFile(at("sealed"), at("opened"), { encryption });
    await expect(work).rejects.toMatchObject({ code: "Corrupt" });
    expect(await readFile(at("opened"), "utf8")).toBe("before");
    expect((await readdir(folder)).sort()).toEqual(["opened", "sealed"]);
    await expectFilesClean(folder, canary);
  });

  test("that are not there, or are a device, are told apart", async () => {
    const encryption = fakeEncryption();
    const options = { encryption, key };
    await expect(encryptFile(at("none"), at("out"), options)).rejects.toMatchObject({
      code: "NotFound",
      reason: "file-failed",
    });
    await writeFile(at("plain"), "x");
    await expect(encryptFile(at("plain"), at("no/folder"), options)).rejects.toMatchObject({
      code: "NotFound",
    });
    await expect(encryptFile(at("plain"), "/dev/null", options)).rejects.toMatchObject({
      reason: "file-special",
    });
    expect(await readdir(folder)).toEqual(["plain"]);
  });

  test("behind a link are replaced at the link, not written through it", async () => {
    const encryption = fakeEncryption();
    await writeFile(at("plain"), "x");
    await writeFile(at("victim"), "untouched");
    await symlink(at("victim"), at("link"));
    await encryptFile(at("plain"), at("link"), { encryption, key });
    expect(await readFile(at("victim"), "utf8")).toBe("untouched");
  });
});

test("a piece that cannot be written is erased as well, and nothing is there", async () => {
  const probe = await open(at("probe"), "w");
  const handles = Object.getPrototypeOf(probe) as typeof probe;
  await probe.close();
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  const write = vi.spyOn(handles, "write").mockRejectedValue(full);
  onTestFinished(() => write.mockRestore());
  const piece = Buffer.from(canary.value);
  const pieces = Readable.from([piece]);
  await expect(writeStreamAtomically(at("out"), pieces)).rejects.toMatchObject({
    reason: "file-failed",
  });
  expect(piece).toEqual(Buffer.alloc(piece.byteLength));
  expect(await readdir(folder)).toEqual(["probe"]);
});
