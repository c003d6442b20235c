import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureDebianPackages } from "../debian-packages.js";
import { ServerUnavailableError } from "../errors.js";
import { isExecutable } from "../process/find-on-path.js";
import { runTool } from "../process/run-tool.js";
import type { Progress } from "../progress.js";

/** PostgreSQL's programs on this machine. */
export interface PostgresBinaries {
  /** Absolute path of the folder that holds `initdb` and `postgres`. */
  readonly folder: string;
  /** `15.13` */
  readonly version: string;
}

export interface FindPostgresOptions {
  /** Default: one line each on standard error. */
  readonly progress?: Progress;
  /** Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where Debian keeps one folder per major version. Default `/usr/lib/postgresql`. */
  readonly debianFolder?: string;
}

/** Looks for PostgreSQL: what `pg_config` names, Debian's folders, newest first, and PATH. */
export async function findPostgresBinaries(
  options: FindPostgresOptions = {},
): Promise<PostgresBinaries | undefined> {
  const environment = options.environment ?? process.env;
  const configured = await runTool("pg_config", ["--bindir"], { environment, timeoutMs: 20_000 });
  const candidates = [
    ...(configured.ok ? [configured.stdout.trim()] : []),
    ...debianFolders(options.debianFolder ?? "/usr/lib/postgresql"),
    ...(environment["PATH"] ?? "").split(delimiter),
  ];
  for (const folder of candidates) {
    // pg_config also comes with the client's development files alone, without a server.
    if (folder === "" || !["initdb", "postgres"].every((name) => isExecutable(join(folder, name))))
      continue;
    const { stdout } = await runTool(join(folder, "postgres"), ["--version"], {
      environment,
      timeoutMs: 20_000,
    });
    const version = /^postgres \(PostgreSQL\) (\d+(?:\.\d+)*)/.exec(stdout)?.[1];
    if (version !== undefined) return { folder, version };
  }
  return undefined;
}

/**
 * PostgreSQL's programs, installed from Debian's package when they are missing and this is root on
 * Debian.
 *
 * @throws ServerUnavailableError naming what to install
 */
export async function preparePostgresBinaries(
  options: FindPostgresOptions = {},
): Promise<PostgresBinaries> {
  const found = await findPostgresBinaries(options);
  if (found !== undefined) return found;
  await ensureDebianPackages(["postgresql"], options);
  const installed = await findPostgresBinaries(options);
  if (installed !== undefined) return installed;
  throw new ServerUnavailableError(
    "PostgreSQL is installed, and initdb and postgres are in no known place. Put their folder on PATH.",
  );
}

function debianFolders(parent: string): string[] {
  try {
    return readdirSync(parent)
      .filter((name) => /^\d+(\.\d+)?$/.test(name))
      .sort((a, b) => Number(b) - Number(a))
      .map((name) => join(parent, name, "bin"));
  } catch {
    // Not Debian, or none installed.
    return [];
  }
}
