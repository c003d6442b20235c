import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestCertificates } from "../certificates.js";
import { createTestCertificates } from "../certificates.js";
import { RunFolder } from "../process/run-folder.js";
import { ServerProcess } from "../process/server-process.js";
import { startOnFreePort } from "../process/start-on-free-port.js";
import type { VaultAccess } from "./api.js";
import type { StartVaultOptions } from "./dev.js";
import type { VaultBinary } from "./find.js";
import { prepareVaultBinary } from "./find.js";
import { initialise } from "./initialise.js";
import type { VaultServer } from "./server.js";
import { hasHealth, startTimeoutMs, vaultServer } from "./server.js";

/**
 * Starts a real Vault with file storage, as one is run for good: initialised and unsealed here with
 * one key share. It can be sealed, killed and restarted without losing its data, and comes back
 * sealed. Nothing is mounted but what Vault mounts by itself.
 *
 * @throws ServerUnavailableError when there is no Vault on this machine and none can be built
 * @throws ServerStartError when it does not start, with the end of its log
 */
export function startStoredVault(options: StartVaultOptions = {}): Promise<VaultServer> {
  return start(options, false);
}

/**
 * Like {@link startStoredVault}, over https with a certificate for `127.0.0.1` and `localhost` from a
 * certificate authority of its own, which is in `caFile` and `ca` and is trusted by nobody else.
 *
 * @throws ServerUnavailableError also when openssl is missing
 * @throws ServerStartError when it does not start, with the end of its log
 */
export function startVaultTls(options: StartVaultOptions = {}): Promise<VaultServer> {
  return start(options, true);
}

async function start(options: StartVaultOptions, tls: boolean): Promise<VaultServer> {
  const binary = options.binary ?? (await prepareVaultBinary(options));
  return startOnFreePort((port) => startServer(binary, port, tls));
}

async function startServer(binary: VaultBinary, port: number, tls: boolean): Promise<VaultServer> {
  const folder = new RunFolder(tls ? "vault-tls" : "vault-stored");
  const address = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  let server: ServerProcess | undefined;
  try {
    const certificates = tls ? await createTestCertificates(folder.path) : undefined;
    server = new ServerProcess(folder, {
      title: "Vault",
      command: binary.path,
      args: ["server", `-config=${writeConfig(folder.path, address, port, certificates)}`],
    });
    server.start();
    const access: VaultAccess = {
      address,
      ...(certificates === undefined ? {} : { ca: certificates.ca }),
    };
    await server.waitUntilReady(() => hasHealth(access, 501), startTimeoutMs, []);
    const { rootToken, unsealKey } = await initialise(access);
    const vault = vaultServer({
      folder,
      process: server,
      address,
      rootToken,
      version: binary.version,
      readUnsealKey: () => unsealKey,
      isReady: () => hasHealth(access, 503),
      ...(certificates === undefined ? {} : { ca: certificates.ca, caFile: certificates.caFile }),
    });
    await vault.unseal();
    return vault;
  } catch (error) {
    await server?.stop();
    folder.remove();
    throw error;
  }
}

/** Vault reads its configuration as JSON too, which needs no quoting of our own. */
function writeConfig(
  folder: string,
  address: string,
  port: number,
  certificates: TestCertificates | undefined,
): string {
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  const config = {
    storage: { file: { path: data } },
    listener: {
      tcp: {
        address: `127.0.0.1:${port}`,
        ...(certificates === undefined
          ? { tls_disable: true }
          : { tls_cert_file: certificates.certificateFile, tls_key_file: certificates.keyFile }),
      },
    },
    api_addr: address,
    // Locking memory needs a privilege that a test machine does not give; the data here is made up.
    disable_mlock: true,
    ui: false,
  };
  const path = join(folder, "vault.json");
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
