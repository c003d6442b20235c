import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { RunFolder } from "../process/run-folder.js";
import { ServerProcess } from "../process/server-process.js";
import { startOnFreePort } from "../process/start-on-free-port.js";
import type { FindVaultOptions, VaultBinary } from "./find.js";
import { prepareVaultBinary } from "./find.js";
import type { VaultServer } from "./server.js";
import { hasHealth, startTimeoutMs, vaultServer } from "./server.js";

/** Options of the functions that start a Vault. */
export interface StartVaultOptions extends FindVaultOptions {
  /** Default: looked for, and built when there is none (see {@link prepareVaultBinary}). */
  readonly binary?: VaultBinary;
}

/**
 * Starts a real Vault in development mode on a free loopback port: in memory, unsealed, without TLS,
 * with KV version 2 at `secret/` and a random root token. It is up in about a second.
 *
 * It ends with this process, also when that is killed; `stop()` ends it before.
 *
 * @throws ServerUnavailableError when there is no Vault on this machine and none can be built
 * @throws ServerStartError when it does not start, with the end of its log
 *
 * @example
 * ```ts
 * const vault = await startVault();
 * const health = await vault.request("GET", "sys/health");
 * await vault.stop();
 * ```
 */
export async function startVault(options: StartVaultOptions = {}): Promise<VaultServer> {
  const binary = options.binary ?? (await prepareVaultBinary(options));
  return startOnFreePort((port) => startDevServer(binary, port));
}

async function startDevServer(binary: VaultBinary, port: number): Promise<VaultServer> {
  const folder = new RunFolder("vault");
  const address = `http://127.0.0.1:${port}`;
  const rootToken = `kinko-test-${randomBytes(16).toString("hex")}`;
  const server = new ServerProcess(folder, {
    title: "Vault",
    command: binary.path,
    args: ["server", "-dev", "-dev-no-store-token", `-dev-listen-address=127.0.0.1:${port}`],
    environment: { VAULT_DEV_ROOT_TOKEN_ID: rootToken },
  });
  // Printed at each start, a moment after the server answers.
  const keys = (): string[] => readUnsealKeys(server.logFile);
  const isReady = async (): Promise<boolean> =>
    keys().length === server.starts && (await hasHealth({ address, token: rootToken }, 200));
  try {
    server.start();
    await server.waitUntilReady(isReady, startTimeoutMs, [rootToken]);
    return vaultServer({
      folder,
      process: server,
      address,
      rootToken,
      version: binary.version,
      readUnsealKey: () => keys().at(-1) ?? "",
      isReady,
    });
  } catch (error) {
    await server.stop();
    folder.remove();
    throw error;
  }
}

function readUnsealKeys(logFile: string): string[] {
  const log = readFileSync(logFile, "utf8");
  return Array.from(log.matchAll(/^Unseal Key: (\S+)$/gm), ([, key = ""]) => key);
}
