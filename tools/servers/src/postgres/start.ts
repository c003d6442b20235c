import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { ServerStartError } from "../errors.js";
import { RunFolder } from "../process/run-folder.js";
import { runTool } from "../process/run-tool.js";
import { ServerProcess } from "../process/server-process.js";
import { startOnFreePort } from "../process/start-on-free-port.js";
import type { FindPostgresOptions, PostgresBinaries } from "./find.js";
import { preparePostgresBinaries } from "./find.js";
import type { UnprivilegedUser } from "./unprivileged-user.js";
import { unprivilegedUser } from "./unprivileged-user.js";

/** A PostgreSQL that a test can talk to, whoever started it. */
export interface PostgresEndpoint {
  /** `postgresql://USER:PASSWORD@HOST:PORT/postgres` of the superuser. Holds the password. */
  readonly connectionString: string;
  readonly host: string;
  readonly port: number;
  /** Name of the superuser. */
  readonly superuser: string;
  readonly password: string;
}

/** A PostgreSQL that this process started and controls. */
export interface PostgresServer extends PostgresEndpoint {
  /** `15.13` */
  readonly version: string;
  /** Undefined once it is not running. */
  readonly pid: number | undefined;
  /** Its log, inside its run's folder. */
  readonly logFile: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it, closing open connections, and removes everything it kept. Idempotent. */
  stop(): Promise<void>;
}

export interface StartPostgresOptions extends FindPostgresOptions {
  /** Default: looked for, and installed where that may be done (see {@link preparePostgresBinaries}). */
  readonly binaries?: PostgresBinaries;
}

const host = "127.0.0.1";
const superuser = "kinko_root";
const startTimeoutMs = 60_000;

/**
 * Starts a real PostgreSQL on a free loopback port with a fresh, empty cluster in a temporary folder.
 * Every login, also the superuser's, needs its password by `scram-sha-256`; there is no Unix socket.
 * PostgreSQL refuses to run as root, so then it runs as `postgres`, or `nobody`.
 *
 * It ends with this process, also when that is killed; `stop()` ends it before. It does not sync to
 * disk: it is quick, and of no use after a power cut.
 *
 * @throws ServerUnavailableError when PostgreSQL is not installed and may not be
 * @throws ServerStartError when it does not start, with the end of its log
 *
 * @example
 * ```ts
 * const postgres = await startPostgres();
 * const client = new pg.Client({ connectionString: postgres.connectionString });
 * await client.connect();
 * ```
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const binaries = options.binaries ?? (await preparePostgresBinaries(options));
  const user = await unprivilegedUser();
  return startOnFreePort((port) => startServer(binaries, user, port));
}

async function startServer(
  binaries: PostgresBinaries,
  user: UnprivilegedUser | undefined,
  port: number,
): Promise<PostgresServer> {
  const folder = new RunFolder("postgres");
  const password = randomBytes(18).toString("base64url");
  const cluster = folder.addOuterFolder("kinko-postgres-");
  const data = join(cluster, "data");
  const process = new ServerProcess(folder, {
    title: "PostgreSQL",
    command: join(binaries.folder, "postgres"),
    args: [
      "-D",
      data,
      ...settings({ listen_addresses: host, port: String(port), ...fixedSettings }),
    ],
    // "Fast" shutdown: SIGTERM would wait for clients to leave by themselves.
    stopSignal: "SIGINT",
    ...(user === undefined ? {} : { user }),
  });
  try {
    if (user !== undefined) chownSync(cluster, user.uid, user.gid);
    await initialise(binaries, cluster, data, password, user);
    process.start();
    const login = { host, port, user: superuser, password, database: "postgres" };
    await process.waitUntilReady(() => acceptsLogin(login), startTimeoutMs, [password]);
  } catch (error) {
    await process.stop();
    folder.remove();
    throw error;
  }
  return {
    connectionString: `postgresql://${superuser}:${password}@${host}:${port}/postgres`,
    host,
    port,
    superuser,
    password,
    version: binaries.version,
    logFile: process.logFile,
    get pid() {
      return process.pid;
    },
    kill: () => process.kill(),
    async stop() {
      await process.stop();
      folder.remove();
    },
  };
}

const fixedSettings = {
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  // In files of the cluster, which are removed with it, and not in /dev/shm, where a kill leaves them.
  dynamic_shared_memory_type: "mmap",
  shared_buffers: "16MB",
  max_connections: "100",
};

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function initialise(
  binaries: PostgresBinaries,
  cluster: string,
  data: string,
  password: string,
  user: UnprivilegedUser | undefined,
): Promise<void> {
  const passwordFile = join(cluster, "password");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined)
    for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  const args = [
    "--pgdata",
    data,
    "--username",
    superuser,
    "--pwfile",
    passwordFile,
    "--auth",
    "scram-sha-256",
  ];
  const { ok, stderr } = await runTool(
    join(binaries.folder, "initdb"),
    [...args, "--encoding", "UTF8", "--no-locale", "--no-sync"],
    { timeoutMs: startTimeoutMs, cwd: cluster, ...(user === undefined ? {} : { user }) },
  );
  rmSync(passwordFile);
  if (ok) return;
  throw new ServerStartError(
    `initdb could not make a database cluster. Check the space and rights in the folder for temporary files. ` +
      `The end of its message:\n${stderr.trim().split("\n").slice(-20).join("\n")}`,
  );
}

async function acceptsLogin(login: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...login, connectionTimeoutMillis: 5000 });
  // A server that is shutting down also says so through this event.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
