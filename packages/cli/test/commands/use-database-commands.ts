import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, queryPostgres, realPostgres, realVault } from "@kinko/servers/vitest";
import { canaryOf, createCanary, expectClean } from "@kinko/testing";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from "vitest";
import { runCli, type CliResult, type CliRunOptions } from "../support/cli.js";

/** What `kinko vault db creds --reveal --json` gives. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly leaseId: string;
}

export const parse = (text: string): Record<string, unknown> => JSON.parse(text) as never;

/** A database and a mount of the calling file's own, and the command beside them. Call it at its top. */
export function useDatabaseCommands() {
  const vault = realVault();
  const { host, port } = realPostgres();
  const url = new URL(createDatabase());
  const database = url.pathname.slice(1);
  const canary = createCanary();
  const unique = randomBytes(4).toString("hex");
  const mount = `db-${unique}`;
  const login = `vault_cli_${unique}`;
  /** The names of its accounts hold it. */
  const role = `cli${unique.slice(0, 5)}`;
  const creation = `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`;
  let directory: string;

  const sql = (
    statement: string,
    as?: { readonly user: string; readonly password: string },
  ): ReturnType<typeof queryPostgres> =>
    queryPostgres(as === undefined ? url.href : { host, port, database, ...as }, statement);

  async function accounts(): Promise<number> {
    const [row] = await sql(
      `SELECT count(*)::int AS n FROM pg_roles WHERE rolname LIKE 'v-%-${role}-%'`,
    );
    return Number(row?.["n"]);
  }

  beforeAll(async () => {
    await sql(`CREATE ROLE "${login}" LOGIN SUPERUSER PASSWORD '${canary.value}'`);
    await vault.request("POST", `sys/mounts/${mount}`, { type: "database" });
  });
  afterAll(async () => {
    await vault.request("DELETE", `sys/mounts/${mount}`);
    await sql(`DROP ROLE "${login}"`);
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "kinko-cli-db-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "kinko.config.yaml"), "provider: vault\n");
    await writeFile(join(directory, "create.sql"), `${creation};\n`);
  });

  async function kinko(
    line: string | readonly string[],
    options: CliRunOptions = {},
  ): Promise<CliResult> {
    const result = await runCli(typeof line === "string" ? line.split(" ") : line, {
      ...options,
      directory,
      env: { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token, ...options.env },
      importProvider: (name) =>
        name === "@kinko/provider-vault" ? import("@kinko/provider-vault") : undefined,
    });
    for (const secret of [canary, canaryOf(vault.token)]) {
      expectClean(result.stderr, secret);
      expectClean(result.stdout, secret);
    }
    return result;
  }

  const onMount = ["--mount", mount];
  const db = (line: string, options?: CliRunOptions): Promise<CliResult> =>
    kinko(["vault", "db", ...line.split(" "), ...onMount], options);
  const place = `--host ${host} --port ${port} --database ${database} --ssl-mode disable`;
  const connect = (name: string): Promise<CliResult> =>
    db(`config write ${name} ${place} --username ${login} --allowed-role *`, {
      stdin: `${canary.value}\n`,
    });

  async function makeRole(more = "--ttl 1h --max-ttl 2h"): Promise<void> {
    expect(await connect("shop")).toMatchObject({ code: 0 });
    const written = await db(`role write ${role} --connection shop --creation @create.sql ${more}`);
    expect(written).toMatchObject({ code: 0 });
  }

  async function credentials(): Promise<Credentials> {
    const made = await db(`creds ${role} --reveal --json`);
    expect(made.code).toBe(0);
    return parse(made.stdout) as never;
  }

  return {
    vault,
    canary,
    host,
    port,
    database,
    unique,
    mount,
    login,
    role,
    creation,
    place,
    onMount,
    directory: () => directory,
    sql,
    accounts,
    kinko,
    db,
    connect,
    makeRole,
    credentials,
  };
}
