import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { Progress } from "../progress.js";
import { compileGoProgram } from "./compile.js";
import { withBuildLock } from "./lock.js";
import { requireGo } from "./toolchain.js";

/** A program that is built from a Go module with a `main` package at its root. */
export interface GoProgram {
  /** The name of the executable file. */
  readonly name: string;
  /** Absolute path of the folder with go.mod and go.sum. */
  readonly moduleFolder: string;
}

export interface BuildOptions extends GoProgram {
  /** Absolute path of the folder that keeps what was built, outside the repository. */
  readonly cacheFolder: string;
  readonly progress: Progress;
  /** Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Leftovers of a killed build are removed once nobody can still be writing them. */
const leftoverAgeMs = 3_600_000;

/** Path of the built program, or undefined when it has not been built from exactly these modules. */
export function builtGoProgram(program: GoProgram, cacheFolder: string): string | undefined {
  const path = join(programFolder(program, cacheFolder), program.name);
  return existsSync(path) ? path : undefined;
}

/**
 * Builds a Go program unless the cache has it, and answers its path.
 *
 * The cache key is the first 16 hexadecimal digits of the SHA-256 of go.mod followed by go.sum, which
 * pin every module by its content. The program is renamed into place, so a killed build leaves
 * nothing that looks finished, and a lock makes a second process wait for the first one's result.
 *
 * @throws ServerUnavailableError when Go is missing or too old, or the build fails
 */
export async function buildGoProgram(options: BuildOptions): Promise<string> {
  const environment = options.environment ?? process.env;
  const built = builtGoProgram(options, options.cacheFolder);
  if (built !== undefined) return built;
  await requireGo(options.name, options.moduleFolder, environment);
  const folder = programFolder(options, options.cacheFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const target = join(folder, options.name);
  const { name, moduleFolder, progress } = options;
  await withBuildLock(folder, name, progress, async () => {
    // Another process may have built it while this one waited for the lock.
    if (existsSync(target)) return;
    removeLeftovers(folder);
    const partial = join(folder, `${name}.${process.pid}.partial`);
    try {
      await compileGoProgram({ name, moduleFolder, output: partial, progress, environment });
      renameSync(partial, target);
    } finally {
      rmSync(partial, { force: true });
    }
  });
  return target;
}

function programFolder({ name, moduleFolder }: GoProgram, cacheFolder: string): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) {
    const path = join(moduleFolder, file);
    // A module without dependencies has no go.sum.
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return join(cacheFolder, `${name}-${hash.digest("hex").slice(0, 16)}`);
}

function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const old = Date.now() - statSync(path).mtimeMs > leftoverAgeMs;
    if (name.endsWith(".partial") && old) rmSync(path, { force: true });
  }
}
