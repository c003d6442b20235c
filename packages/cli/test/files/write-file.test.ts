import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFileAtomically } from "../../src/files/write-file.js";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "kinko-write-"));
});

afterEach(() => rm(cwd, { recursive: true, force: true }));

test("replaces a file whole and makes it private, whatever it was", async () => {
  await writeFile(join(cwd, "f"), "old", { mode: 0o644 });
  expect(await writeFileAtomically("f", "new", { cwd })).toBe(join(cwd, "f"));
  expect(await readFile(join(cwd, "f"), "utf8")).toBe("new");
  expect((await stat(join(cwd, "f"))).mode & 0o777).toBe(0o600);
  expect(await readdir(cwd)).toEqual(["f"]);
});

test("a link is replaced, and what it leads to stays as it is", async () => {
  await writeFile(join(cwd, "target"), "theirs");
  await symlink(join(cwd, "target"), join(cwd, "link"));
  await writeFileAtomically("link", "ours", { cwd });
  expect(await readFile(join(cwd, "target"), "utf8")).toBe("theirs");
  expect(await readFile(join(cwd, "link"), "utf8")).toBe("ours");
});

test("exclusive never replaces, not even through a link to nowhere", async () => {
  await symlink(join(cwd, "nowhere"), join(cwd, "link"));
  await writeFile(join(cwd, "f"), "old");
  for (const name of ["f", "link"]) {
    await expect(writeFileAtomically(name, "new", { cwd, exclusive: true })).rejects.toMatchObject({
      code: "AlreadyExists",
    });
  }
  expect((await readdir(cwd)).toSorted()).toEqual(["f", "link"]);
  expect(await readFile(join(cwd, "f"), "utf8")).toBe("old");
});

test.each(["/dev/null", ".", "no/such/folder/f"])("%s fails and leaves nothing", async (name) => {
  await expect(writeFileAtomically(name, "x", { cwd })).rejects.toMatchObject({ code: "File" });
  expect(await readdir(cwd)).toEqual([]);
  expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
});
