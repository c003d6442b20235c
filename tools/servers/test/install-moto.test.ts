import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serversCacheFolder } from "../src/cache-folder.js";
import { ServerUnavailableError } from "../src/errors.js";
import { findMoto, prepareMoto } from "../src/moto/install.js";
import { fakeProgram } from "./fake-program.js";
import { temporaryFolder } from "./temporary-folder.js";

const silent = (): void => undefined;

function machine(python?: string): { bin: string; environment: NodeJS.ProcessEnv; cache: string } {
  const bin = temporaryFolder();
  for (const tool of ["mkdir", "cp", "chmod", "sh"]) {
    fakeProgram(bin, tool, `exec /bin/${tool} "$@"`);
  }
  if (python !== undefined) fakeProgram(bin, "python3", python);
  const environment = { PATH: bin, XDG_CACHE_HOME: temporaryFolder() };
  return { bin, environment, cache: serversCacheFolder(environment) };
}

/** A Python whose virtual environments hold a Python that does what `inner` says. */
function pythonWith(folder: string, inner: string): string {
  fakeProgram(folder, "inner", inner);
  return `if [ "$1" = --version ]; then echo "Python 3.11.2"; exit; fi
mkdir -p "$3/bin" && cp ${folder}/inner "$3/bin/python"`;
}

test("moto is installed once, under its version and that of Python", async () => {
  const folder = temporaryFolder();
  const { environment, cache } = machine(pythonWith(folder, `echo "$*" >> ${folder}/log`));
  expect(await findMoto({ environment })).toBeUndefined();
  const options = { environment, progress: silent };
  const [first, second] = await Promise.all([prepareMoto(options), prepareMoto(options)]);
  expect(first).toEqual({
    python: join(cache, "moto-5.2.5-python3.11", "bin", "python"),
    version: "5.2.5",
  });
  expect(second).toEqual(first);
  expect(await findMoto({ environment })).toEqual(first);
  expect(existsSync(first.python)).toBe(true);
  const calls = readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  expect(calls).toEqual([
    "-m pip install --quiet --no-input --disable-pip-version-check moto[server,secretsmanager,kms]==5.2.5",
  ]);
});

test("an installation that fails says why, and leaves nothing behind", async () => {
  const folder = temporaryFolder();
  const { environment, cache } = machine(pythonWith(folder, "echo 'no such index' >&2; exit 1"));
  const failure: unknown = await prepareMoto({ environment, progress: silent }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ServerUnavailableError);
  expect(String(failure)).toContain("no such index");
  expect(readdirSync(cache).filter((name) => name.startsWith("moto-"))).toEqual([]);
});

test("a machine without Python, or with one that is too old, says what to install", async () => {
  for (const python of [undefined, "echo 'Python 3.9.18'"]) {
    const { environment } = machine(python);
    const preparing = prepareMoto({ environment, progress: silent });
    await expect(preparing).rejects.toThrow(/Python 3.10 or newer.*python3-venv/);
  }
});
