import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { serversCacheFolder } from "../cache-folder.js";
import { ServerUnavailableError } from "../errors.js";
import { withBuildLock } from "../go/lock.js";
import { runTool } from "../process/run-tool.js";
import type { Progress } from "../progress.js";
import { elapsedSeconds, reportOnStderr } from "../progress.js";

/** The version of moto that is installed. */
export const pinnedMotoVersion = "5.2.5";

const requirement = `moto[server,secretsmanager,kms]==${pinnedMotoVersion}`;

/** Downloading and unpacking some 60 MB; 15 s on an idle machine, 2 min on a busy one. */
const installTimeoutMs = 900_000;

/** moto with its dependencies, in a virtual environment of Python. */
export interface MotoEnvironment {
  /** Absolute path of the environment's own Python. */
  readonly python: string;
  /** `5.2.5` */
  readonly version: string;
}

export interface FindMotoOptions {
  /** Default: one line each on standard error. */
  readonly progress?: Progress;
  /** Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** moto as the cache has it for the machine's Python, or undefined. Installs nothing. */
export async function findMoto(
  options: FindMotoOptions = {},
): Promise<MotoEnvironment | undefined> {
  const environment = options.environment ?? process.env;
  const release = await pythonRelease(environment);
  if (release === undefined) return undefined;
  const python = pythonOf(folderFor(release, environment));
  return existsSync(python) ? { python, version: pinnedMotoVersion } : undefined;
}

/**
 * moto from the cache, or installed into it with pip, in a virtual environment that touches nothing
 * else of the machine's Python. The environment is renamed into place when it is complete, and a lock
 * makes a second process wait for the first one's result.
 *
 * @throws ServerUnavailableError naming what is missing
 */
export async function prepareMoto(options: FindMotoOptions = {}): Promise<MotoEnvironment> {
  const environment = options.environment ?? process.env;
  const progress = options.progress ?? reportOnStderr;
  const found = await findMoto(options);
  if (found !== undefined) return found;
  const release = await pythonRelease(environment);
  if (release === undefined) {
    throw new ServerUnavailableError(
      'moto needs Python 3.10 or newer as python3. Install it, on Debian with "sudo apt-get install python3-venv".',
    );
  }
  const folder = folderFor(release, environment);
  const lockFolder = join(serversCacheFolder(environment), "moto");
  mkdirSync(lockFolder, { recursive: true, mode: 0o700 });
  await withBuildLock(lockFolder, "moto", progress, async () => {
    // Another process may have installed it while this one waited for the lock.
    if (existsSync(pythonOf(folder))) return;
    await install(folder, progress, environment);
  });
  return { python: pythonOf(folder), version: pinnedMotoVersion };
}

async function install(
  folder: string,
  progress: Progress,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  // What a killed installation left; nobody can be writing it, since the lock is held.
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const startedAtMs = performance.now();
  progress(`moto: installing version ${pinnedMotoVersion} with pip, once per user`);
  try {
    await run("python3", ["-m", "venv", partial], environment, "Install Debian's python3-venv");
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
    const advice = "Check that the Python package index can be reached";
    await run(pythonOf(partial), [...pip, requirement], environment, advice);
    // A virtual environment may be moved as long as its programs are run by its Python.
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  progress(`moto: installed in ${elapsedSeconds(startedAtMs)} s`);
}

async function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  advice: string,
): Promise<void> {
  const output = await runTool(command, args, { environment, timeoutMs: installTimeoutMs });
  if (output.ok) return;
  const end = `${output.stdout}\n${output.stderr}`.trim().split("\n").slice(-10).join("\n");
  throw new ServerUnavailableError(`moto cannot be installed. ${advice}. It said:\n${end}`);
}

/** `3.11`; undefined when there is no Python, or one that is too old for moto. */
async function pythonRelease(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const output = await runTool("python3", ["--version"], { environment, timeoutMs: 20_000 });
  const [, minor] = /^Python 3\.(\d+)\./.exec(output.stdout) ?? [];
  return output.ok && minor !== undefined && Number(minor) >= 10 ? `3.${minor}` : undefined;
}

/** A virtual environment belongs to one minor release of Python. */
function folderFor(release: string, environment: NodeJS.ProcessEnv): string {
  return join(serversCacheFolder(environment), `moto-${pinnedMotoVersion}-python${release}`);
}

function pythonOf(folder: string): string {
  return join(folder, "bin", "python");
}
