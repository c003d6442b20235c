import { startMoto } from "../moto/start.js";
import { startPostgres } from "../postgres/start.js";
import { startVault } from "../vault/dev.js";
import type { VaultServer } from "../vault/server.js";
import { startVaultTls } from "../vault/stored.js";

/** A started server as the command shows it. */
export interface ShownServer {
  /** Variables for a shell, by name. They hold secrets of this one run. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logFile: string;
  stop(): Promise<void>;
}

const starters = {
  vault: async () => show(await startVault()),
  "vault-tls": async () => show(await startVaultTls()),
  postgres: async (): Promise<ShownServer> => {
    const postgres = await startPostgres();
    return {
      variables: {
        PGHOST: postgres.host,
        PGPORT: String(postgres.port),
        PGUSER: postgres.superuser,
        PGPASSWORD: postgres.password,
        PGDATABASE: "postgres",
        DATABASE_URL: postgres.connectionString,
      },
      logFile: postgres.logFile,
      stop: () => postgres.stop(),
    };
  },
  moto: async (): Promise<ShownServer> => {
    const moto = await startMoto();
    return {
      variables: {
        KINKO_TEST_MOTO_URL: moto.address,
        AWS_ENDPOINT_URL: moto.address,
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      },
      logFile: moto.logFile,
      stop: () => moto.stop(),
    };
  },
} as const satisfies Record<string, () => Promise<ShownServer>>;

export type ServerName = keyof typeof starters;

export const serverNames: readonly ServerName[] = ["vault", "vault-tls", "postgres", "moto"];

export function isServerName(name: string): name is ServerName {
  return Object.hasOwn(starters, name);
}

export function startServer(name: ServerName): Promise<ShownServer> {
  return starters[name]();
}

function show(vault: VaultServer): ShownServer {
  return {
    variables: {
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.rootToken,
      ...(vault.caFile === undefined ? {} : { VAULT_CACERT: vault.caFile }),
    },
    logFile: vault.logFile,
    stop: () => vault.stop(),
  };
}
