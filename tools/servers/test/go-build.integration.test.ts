import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { buildGoProgram, builtGoProgram } from "../src/go/build.js";
import { requireGo } from "../src/go/toolchain.js";
import { temporaryFolder } from "./temporary-folder.js";

const moduleFolder = fileURLToPath(new URL("fixtures/hello", import.meta.url));
const program = { name: "hello", moduleFolder };

// Without Go this file could not run, and the run says so.
await requireGo(program.name, moduleFolder, process.env);

test("builds a Go module once, reports its phases, and finds the program afterwards", async () => {
  const cacheFolder = temporaryFolder();
  const lines: string[] = [];
  const options = { ...program, cacheFolder, progress: (line: string) => lines.push(line) };

  expect(builtGoProgram(program, cacheFolder)).toBeUndefined();
  const path = await buildGoProgram(options);
  expect(execFileSync(path, { encoding: "utf8" })).toBe("hello\n");
  expect(lines.some((line) => /^hello: compiling \d+ packages, \d+ s$/.test(line))).toBe(true);
  expect(readdirSync(dirname(path))).toEqual(["hello"]);

  lines.length = 0;
  expect(await buildGoProgram(options)).toBe(path);
  expect(builtGoProgram(program, cacheFolder)).toBe(path);
  expect(lines).toEqual([]);
}, 120_000);

test("builds once when two ask for it at the same time", async () => {
  const cacheFolder = temporaryFolder();
  const lines: string[] = [];
  const options = { ...program, cacheFolder, progress: (line: string) => lines.push(line) };
  const [first, second] = await Promise.all([buildGoProgram(options), buildGoProgram(options)]);
  expect(first).toBe(second);
  expect(lines.filter((line) => line.includes("building with Go"))).toHaveLength(1);
  expect(lines.filter((line) => line.includes("another process is building it"))).not.toHaveLength(
    0,
  );
}, 120_000);
