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
} as const satisfies Record<string, () => Promise<ShownServer>>;

export type ServerName = keyof typeof starters;

export const serverNames: readonly ServerName[] = ["vault", "vault-tls", "postgres"];

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
