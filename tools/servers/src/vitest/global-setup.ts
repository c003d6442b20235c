import { resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { ServerStartError, ServerUnavailableError } from "../errors.js";
import { externalMoto } from "../moto/external.js";
import type { MotoEndpoint } from "../moto/start.js";
import { startMoto } from "../moto/start.js";
import { externalPostgres } from "../postgres/external.js";
import { startPostgres } from "../postgres/start.js";
import { reportOnStderr } from "../progress.js";
import { startVault } from "../vault/dev.js";
import { externalVault } from "../vault/external.js";
import type { VaultEndpoint } from "../vault/server.js";
import { startVaultTls } from "../vault/stored.js";
import { prepareVaultBinary } from "../vault/find.js";
import type { Provided, ProvidedVault } from "./provided.js";

interface Started<T> {
  readonly provided: Provided<T>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the shared servers before the first integration test, and stops them after the last. vitest
 * calls it only when an integration test was selected. A server that cannot be had does not end the
 * run: the suites that ask for it fail, with the reason.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [vault, vaultTls, postgres, moto] = await Promise.all([
    attempt("Vault", startSharedVault),
    attempt("Vault with TLS", async () => {
      const server = await startVaultTls({ binary: await preparedVault() });
      return { server: toProvided(server), stop: () => server.stop() };
    }),
    attempt("PostgreSQL", async () => {
      const external = externalPostgres();
      if (external !== undefined) return { server: external, stop: nothingToStop };
      const server = await startPostgres();
      const { connectionString, host, port, superuser, password } = server;
      return {
        server: { connectionString, host, port, superuser, password },
        stop: () => server.stop(),
      };
    }),
    attempt("moto", startSharedMoto),
  ]);
  project.provide("kinkoServers", {
    vault: vault.provided,
    vaultTls: vaultTls.provided,
    postgres: postgres.provided,
    moto: moto.provided,
  });
  return async () => {
    await Promise.all([vault.stop(), vaultTls.stop(), postgres.stop(), moto.stop()]);
  };
}

async function startSharedVault(): Promise<{ server: ProvidedVault; stop: () => Promise<void> }> {
  const external = await externalVault();
  if (external !== undefined) return { server: toProvided(external), stop: nothingToStop };
  const server = await startVault({ binary: await preparedVault() });
  return { server: toProvided(server), stop: () => server.stop() };
}

async function startSharedMoto(): Promise<{ server: MotoEndpoint; stop: () => Promise<void> }> {
  const external = await externalMoto();
  if (external !== undefined) return { server: external, stop: nothingToStop };
  const server = await startMoto();
  return { server: { address: server.address }, stop: () => server.stop() };
}

let preparing: ReturnType<typeof prepareVaultBinary> | undefined;

/** Looked for, or built, once for both Vaults. */
function preparedVault(): ReturnType<typeof prepareVaultBinary> {
  preparing ??= prepareVaultBinary();
  return preparing;
}

function toProvided(vault: VaultEndpoint): ProvidedVault {
  const { address, rootToken, version, caFile, ca } = vault;
  return {
    address,
    token: rootToken,
    version,
    ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
    ...(ca === undefined ? {} : { ca }),
  };
}

async function attempt<T>(
  title: string,
  start: () => Promise<{ server: T; stop: () => Promise<void> }>,
): Promise<Started<T>> {
  try {
    const { server, stop } = await start();
    return { provided: { server }, stop };
  } catch (error) {
    if (!(error instanceof ServerUnavailableError) && !(error instanceof ServerStartError))
      throw error;
    reportOnStderr(`${title} is not there for the tests. ${error.message}`);
    const reason = `${title}: ${error.message}`;
    return {
      provided: error instanceof ServerStartError ? { broken: reason } : { unavailable: reason },
      stop: nothingToStop,
    };
  }
}

async function nothingToStop(): Promise<void> {
  // A server that somebody else runs, or none.
}
