import { join } from "node:path";
import { serversCacheFolder } from "../cache-folder.js";
import { ServerUnavailableError } from "../errors.js";
import { packageRoot } from "../package-root.js";
import { runTool } from "../process/run-tool.js";
import type { Progress } from "../progress.js";
import { reportOnStderr } from "../progress.js";
import { buildGoProgram, builtGoProgram } from "../go/build.js";
import { programFromImage } from "./container-image.js";

/** The version that the Go module in this package builds. */
export const pinnedVaultVersion = "1.21.1";

/** A Vault program on this machine. */
export interface VaultBinary {
  /** Absolute, or a name on PATH. */
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
  const onPath = await vaultVersion("vault", environment);
  if (onPath !== undefined) return { path: "vault", version: onPath, source: "PATH" };
  const built = builtGoProgram(program, serversCacheFolder(environment));
  const version = built === undefined ? undefined : await vaultVersion(built, environment);
  return built === undefined || version === undefined
    ? undefined
    : { path: built, version, source: "built" };
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
  const extracted = await programFromImage({
    version: pinnedVaultVersion,
    cacheFolder,
    progress,
    environment,
  });
  if (extracted !== undefined) {
    const version = await vaultVersion(extracted, environment);
    if (version !== undefined) return { path: extracted, version, source: "container image" };
  }

  const path = await buildGoProgram({ ...program, cacheFolder, progress, environment });
  const version = await vaultVersion(path, environment);
  if (version === undefined) {
    throw new ServerUnavailableError(
      `${path} was built and is no HashiCorp Vault 1.x. Remove it and try again.`,
    );
  }
  return { path, version, source: "built" };
}

async function vaultVersion(
  command: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const output = await runTool(command, ["version"], { environment, timeoutMs: 20_000 });
  return output.ok ? /^Vault v(1\.\d+\.\d+)/.exec(output.stdout)?.[1] : undefined;
}
