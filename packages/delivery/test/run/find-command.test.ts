import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCommand } from "../../src/run/find-command.js";

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const write = (path: string, mode: number): void => {
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, mode);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kinko-find-"));
  for (const name of ["first", "second"]) mkdirSync(at(name));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the first executable in the search path wins, others are passed over", async () => {
  mkdirSync(at("first", "tool"));
  write(at("second", "tool"), 0o755);
  const searchPath = ["absent", "first", "second"].map((name) => at(name)).join(":");
  expect(await findCommand("tool", { searchPath })).toEqual({ path: at("second", "tool") });
});

test("a file that is there but not executable is 126, also when only one folder has it", async () => {
  write(at("first", "tool"), 0o644);
  const searchPath = `${at("first")}:${at("second")}`;
  expect(await findCommand("tool", { searchPath })).toMatchObject({ exitCode: 126 });
  write(at("second", "tool"), 0o755);
  expect(await findCommand("tool", { searchPath })).toEqual({ path: at("second", "tool") });
});

test.each(["absent", "./absent", "", "first/absent"])("%j is not found: 127", async (command) => {
  expect(await findCommand(command, { cwd: folder, searchPath: at("first") })).toMatchObject({
    exitCode: 127,
    problem: expect.stringContaining("not found") as string,
  });
});

test("a name with a slash is a path from the working directory, and never searched", async () => {
  write(at("first", "tool"), 0o755);
  write(at("second", "plain"), 0o644);
  const options = { cwd: folder, searchPath: at("first") };
  expect(await findCommand("first/tool", options)).toEqual({ path: at("first", "tool") });
  expect(await findCommand("./tool", options)).toMatchObject({ exitCode: 127 });
  expect(await findCommand("second/plain", options)).toMatchObject({ exitCode: 126 });
  expect(await findCommand("./second", options)).toMatchObject({ exitCode: 126 });
});

test("an empty part of the search path is the working directory", async () => {
  write(at("tool"), 0o755);
  expect(await findCommand("tool", { cwd: folder, searchPath: `${at("first")}:` })).toEqual({
    path: at("tool"),
  });
});

test("a link that leads nowhere is not found", async () => {
  symlinkSync(at("absent"), at("first", "tool"));
  expect(await findCommand("tool", { searchPath: at("first") })).toMatchObject({ exitCode: 127 });
});
