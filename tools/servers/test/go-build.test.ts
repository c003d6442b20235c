import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ServerUnavailableError } from "../src/errors.js";
import { buildGoProgram, builtGoProgram } from "../src/go/build.js";
import { fakeProgram } from "./fake-program.js";
import { temporaryFolder } from "./temporary-folder.js";

const moduleFolder = fileURLToPath(new URL("fixtures/hello", import.meta.url));
const program = { name: "hello", moduleFolder };
const silent = (): void => undefined;

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

test("leaves nothing that looks finished when the build fails, and shows what Go said", async () => {
  const cacheFolder = temporaryFolder();
  const bin = temporaryFolder();
  fakeProgram(
    bin,
    "go",
    'case "$1" in env) echo go1.26.0;; list) echo hello;; *) echo "out of space" >&2; exit 1;; esac',
  );
  const failure = buildGoProgram({
    ...program,
    cacheFolder,
    progress: silent,
    environment: { PATH: `${bin}:/usr/bin:/bin` },
  });
  await expect(failure).rejects.toThrow(ServerUnavailableError);
  await expect(failure).rejects.toThrow(/go build exited with 1[\s\S]*out of space/);
  expect(builtGoProgram(program, cacheFolder)).toBeUndefined();
  expect(readdirSync(cacheFolder).flatMap((name) => readdirSync(join(cacheFolder, name)))).toEqual(
    [],
  );
});

test("says what to install when Go is missing, and when it is too old", async () => {
  const cacheFolder = temporaryFolder();
  const bin = temporaryFolder();
  const build = (): Promise<string> =>
    buildGoProgram({ ...program, cacheFolder, progress: silent, environment: { PATH: bin } });

  await expect(build()).rejects.toThrow(
    /hello has to be built, and Go is not on PATH\. Install Go 1\.25 or newer/,
  );
  fakeProgram(bin, "go", "echo go1.24.9");
  await expect(build()).rejects.toThrow(/the Go on PATH is 1\.24\. Install Go 1\.25 or newer/);
});
