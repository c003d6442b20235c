import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ServerUnavailableError } from "./errors.js";
import { runTool } from "./process/run-tool.js";
import type { Progress } from "./progress.js";
import { reportOnStderr } from "./progress.js";

/** A Debian package that tests use, with the program that shows that it is installed, from wherever. */
const packages = {
  age: { probe: ["age", "--version"] },
  openssl: { probe: ["openssl", "version"] },
  postgresql: { probe: undefined },
  strace: { probe: ["strace", "--version"] },
} as const satisfies Record<string, { readonly probe: readonly string[] | undefined }>;

export type DebianPackage = keyof typeof packages;

export interface DebianPackagesOptions {
  /** Default: one line each on standard error. */
  readonly progress?: Progress;
  /** Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Default: whether this process is root on Debian or a system made from it. */
  readonly mayInstall?: boolean;
  /** Where postgresql-common is told to make no cluster. Default: its own configuration file. */
  readonly createClusterFile?: string;
}

const createClusterFile = "/etc/postgresql-common/createcluster.conf";

/** Downloading and unpacking; PostgreSQL is about 60 MB. */
const installTimeoutMs = 600_000;

/**
 * Makes sure that the programs of some Debian packages are there: does nothing for those that are,
 * from whatever source, and installs the others with apt-get when this is root on Debian. Installing
 * `postgresql` makes and starts no database cluster.
 *
 * @throws ServerUnavailableError naming what to install, where it may not or could not be installed
 *
 * @example
 * ```ts
 * await ensureDebianPackages(["age"]);
 * ```
 */
export async function ensureDebianPackages(
  names: readonly DebianPackage[],
  options: DebianPackagesOptions = {},
): Promise<void> {
  const environment = options.environment ?? process.env;
  const missing: DebianPackage[] = [];
  for (const name of names) {
    if (!(await isInstalled(name, environment))) missing.push(name);
  }
  if (missing.length === 0) return;
  const list = missing.join(" ");
  const mayInstall =
    options.mayInstall ?? (process.getuid?.() === 0 && existsSync("/etc/debian_version"));
  if (!mayInstall) {
    throw new ServerUnavailableError(
      `The tests need what the Debian ${missing.length === 1 ? "package" : "packages"} ${list} holds. ` +
        `Install it with "sudo apt-get install ${list}" or your system's own package manager.`,
    );
  }
  const progress = options.progress ?? reportOnStderr;
  progress(`apt-get: installing ${list}`);
  await aptGet(["update"], environment);
  if (missing.includes("postgresql")) {
    await preventDefaultCluster(environment, options.createClusterFile ?? createClusterFile);
  }
  await aptGet(["install", "--yes", "--no-install-recommends", ...missing], environment);
}

async function isInstalled(name: DebianPackage, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const [command, ...args] = packages[name].probe ?? [];
  if (
    command !== undefined &&
    (await runTool(command, args, { environment, timeoutMs: 20_000 })).ok
  )
    return true;
  const query = ["--show", "--showformat=${db:Status-Status}", name];
  const { ok, stdout } = await runTool("dpkg-query", query, { environment, timeoutMs: 20_000 });
  return ok && stdout === "installed";
}

/**
 * The package's own installation would make a cluster and start it on port 5432. postgresql-common
 * lets its configuration say otherwise, so it is installed and configured first.
 */
async function preventDefaultCluster(environment: NodeJS.ProcessEnv, path: string): Promise<void> {
  await aptGet(["install", "--yes", "--no-install-recommends", "postgresql-common"], environment);
  const config = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (/^\s*create_main_cluster\s*=\s*false/m.test(config)) return;
  writeFileSync(path, `${config.trimEnd()}\ncreate_main_cluster = false\n`);
}

async function aptGet(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { ok, stderr } = await runTool(
    "apt-get",
    ["-q", "-o", "DPkg::Lock::Timeout=300", ...args],
    {
      environment: { ...environment, DEBIAN_FRONTEND: "noninteractive" },
      timeoutMs: installTimeoutMs,
    },
  );
  if (ok) return;
  throw new ServerUnavailableError(
    `apt-get ${args.filter((arg) => !arg.startsWith("-")).join(" ")} failed. Check that this machine can reach ` +
      `its package source, or install the packages by hand. The end of its message:\n${stderr.trim().split("\n").slice(-8).join("\n")}`,
  );
}
