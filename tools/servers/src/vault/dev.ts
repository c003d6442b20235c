import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { ServerStartError } from "../errors.js";
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
  try {
    server.start();
    let unsealKey: string | undefined;
    const isReady = async (): Promise<boolean> => {
      // Printed a moment after the server answers.
      unsealKey ??= readUnsealKey(server.logFile);
      return unsealKey !== undefined && (await hasHealth({ address, token: rootToken }, 200));
    };
    await server.waitUntilReady(isReady, startTimeoutMs, [rootToken]);
    if (unsealKey === undefined)
      throw new ServerStartError("Vault printed no unseal key. Check that it is version 1.x.");
    return vaultServer({
      folder,
      process: server,
      address,
      rootToken,
      unsealKey,
      version: binary.version,
      statusAfterStart: 200,
    });
  } catch (error) {
    await server.stop();
    folder.remove();
    throw error;
  }
}

function readUnsealKey(logFile: string): string | undefined {
  return /^Unseal Key: (\S+)$/m.exec(readFileSync(logFile, "utf8"))?.[1];
}
