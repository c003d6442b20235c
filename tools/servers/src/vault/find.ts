import { join } from "node:path";
import { serversCacheFolder } from "../cache-folder.js";
import { ServerUnavailableError } from "../errors.js";
import { packageRoot } from "../package-root.js";
import { findOnPath } from "../process/find-on-path.js";
import { runTool } from "../process/run-tool.js";
import type { Progress } from "../progress.js";
import { reportOnStderr } from "../progress.js";
import { buildGoProgram, builtGoProgram } from "../go/build.js";
import { cachedImageProgram, programFromImage } from "./container-image.js";

/** The version that the Go module in this package builds. */
export const pinnedVaultVersion = "1.21.1";

/** A Vault program on this machine. */
export interface VaultBinary {
  /** Absolute. */
  readonly path: string;
  /** `1.21.1` */
  readonly version: string;
  readonly source: "PATH" | "built" | "container image";
}

export interface FindVaultOptions {
  /** Default: one line each on standard error. */
  readonly progress?: Progress;
  /** Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
}

const program = { name: "vault", moduleFolder: join(packageRoot, "vault") };

/**
 * Looks for a HashiCorp Vault 1.x without getting one: on PATH, then in the cache. The program of
 * another vendor that is called `vault` (OpenBao, Ansible's wrappers) is passed over.
 */
export async function findVaultBinary(
  options: FindVaultOptions = {},
): Promise<VaultBinary | undefined> {
  const environment = options.environment ?? process.env;
  const cacheFolder = serversCacheFolder(environment);
  const candidates = [
    ["PATH", findOnPath("vault", environment)],
    ["container image", cachedImageProgram(pinnedVaultVersion, cacheFolder)],
    ["built", builtGoProgram(program, cacheFolder)],
  ] as const;
  for (const [source, path] of candidates) {
    const binary = path === undefined ? undefined : await inspect(path, source, environment);
    if (binary !== undefined) return binary;
  }
  return undefined;
}

/**
 * A HashiCorp Vault 1.x: from PATH, from the cache, from its container image where a container engine
 * answers, and else built with Go, which takes about 10 minutes once per user.
 *
 * @throws ServerUnavailableError when it is not there and cannot be had
 */
export async function prepareVaultBinary(options: FindVaultOptions = {}): Promise<VaultBinary> {
  const environment = options.environment ?? process.env;
  const progress = options.progress ?? reportOnStderr;
  const found = await findVaultBinary(options);
  if (found !== undefined) return found;

  const cacheFolder = serversCacheFolder(environment);
  const pinned = { version: pinnedVaultVersion, cacheFolder, progress, environment };
  const extracted = await programFromImage(pinned);
  if (extracted !== undefined) {
    const binary = await inspect(extracted, "container image", environment);
    if (binary !== undefined) return binary;
  }

  const path = await buildGoProgram({ ...program, cacheFolder, progress, environment });
  const binary = await inspect(path, "built", environment);
  if (binary !== undefined) return binary;
  throw new ServerUnavailableError(
    `${path} was built and is no HashiCorp Vault 1.x. Remove it and try again.`,
  );
}

async function inspect(
  path: string,
  source: VaultBinary["source"],
  environment: NodeJS.ProcessEnv,
): Promise<VaultBinary | undefined> {
  const output = await runTool(path, ["version"], { environment, timeoutMs: 20_000 });
  const version = output.ok ? /^Vault v(1\.\d+\.\d+)/.exec(output.stdout)?.[1] : undefined;
  return version === undefined ? undefined : { path, version, source };
}
