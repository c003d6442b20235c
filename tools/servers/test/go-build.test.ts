import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ServerUnavailableError } from "../src/errors.js";
import { buildGoProgram, builtGoProgram } from "../src/go/build.js";
import { fakeProgram } from "./fake-program.js";
import { temporaryFolder } from "./temporary-folder.js";

const moduleFolder = fileURLToPath(new URL("fixtures/hello", import.meta.url));
const program = { name: "hello", moduleFolder };
const silent = (): void => undefined;

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
