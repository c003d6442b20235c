import { ServerStartError } from "../errors.js";
import type { RunFolder } from "../process/run-folder.js";
import type { ServerProcess } from "../process/server-process.js";
import { waitUntil } from "../process/wait-until.js";
import type { VaultAccess, VaultResponse } from "./api.js";
import { vaultRequest } from "./api.js";

/** A Vault that a test can talk to, whoever started it. */
export interface VaultEndpoint {
  /** `http://127.0.0.1:PORT`, or `https://…` for one with TLS. */
  readonly address: string;
  /** A token that may do everything. */
  readonly rootToken: string;
  /** File with the certificate authority, PEM; only where TLS has a private one. */
  readonly caFile?: string;
  /** The same certificate authority as text. */
  readonly ca?: string;
  /** `1.21.1` */
  readonly version: string;
  /** One request to its API with the root token; see {@link vaultRequest}. */
  request(method: VaultMethod, path: string, body?: unknown): Promise<VaultResponse>;
}

export type VaultMethod = Parameters<typeof vaultRequest>[1];

/** A Vault that this process started and controls. Every method resolves once the effect can be seen. */
export interface VaultServer extends VaultEndpoint {
  /** Changes with `restart`; undefined while it is not running. */
  readonly pid: number | undefined;
  /** Where its output goes, inside its run's folder. In development mode Vault prints its token there. */
  readonly logFile: string;
  /** The one key share that unseals it, base64. In development mode it changes with `restart`. */
  readonly unsealKey: string;
  /** Seals it: it goes on answering, with 503. */
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /**
   * Ends it and starts it again at the same address. One with storage comes back sealed and with its
   * data; one in development mode comes back unsealed, empty and with the same root token.
   */
  restart(): Promise<void>;
  /** Ends it at once, as a crash would. `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends it and removes everything it kept. Idempotent. */
  stop(): Promise<void>;
}

/** What a started Vault consists of. */
export interface VaultParts {
  readonly folder: RunFolder;
  readonly process: ServerProcess;
  readonly address: string;
  readonly rootToken: string;
  readonly version: string;
  readonly caFile?: string;
  readonly ca?: string;
  /** The key share that unseals it now. */
  readonly readUnsealKey: () => string;
  /** Whether it is as far as it comes by itself after a start. */
  readonly isReady: () => Promise<boolean>;
}

/** Vault answers its first request within a second or two; a busy machine may need many times that. */
export const startTimeoutMs = 60_000;

export function vaultServer(parts: VaultParts): VaultServer {
  const { folder, process, address, rootToken, readUnsealKey, isReady } = parts;
  const access: VaultAccess = {
    address,
    token: rootToken,
    ...(parts.ca === undefined ? {} : { ca: parts.ca }),
  };

  const administer = async (path: string, body: unknown): Promise<void> => {
    const { status } = await vaultRequest(access, "PUT", path, body);
    if (status >= 300)
      throw new ServerStartError(
        `Vault answered ${status} to ${path}. See its log, ${process.logFile}.`,
      );
  };

  return {
    address,
    rootToken,
    get unsealKey() {
      return readUnsealKey();
    },
    version: parts.version,
    ...(parts.caFile === undefined ? {} : { caFile: parts.caFile }),
    ...(parts.ca === undefined ? {} : { ca: parts.ca }),
    logFile: process.logFile,
    get pid() {
      return process.pid;
    },
    request: (method, path, body) => vaultRequest(access, method, path, body),
    async seal() {
      await administer("sys/seal", {});
      await expectHealth(access, 503);
    },
    async unseal() {
      await administer("sys/unseal", { key: readUnsealKey() });
      await expectHealth(access, 200);
    },
    async restart() {
      await process.stop();
      process.start();
      await process.waitUntilReady(isReady, startTimeoutMs, [rootToken]);
    },
    kill: () => process.kill(),
    async stop() {
      await process.stop();
      folder.remove();
    },
  };
}

/** Whether it answers with that health status: 200 unsealed, 501 not initialised, 503 sealed. */
export async function hasHealth(access: VaultAccess, status: number): Promise<boolean> {
  try {
    const health = await vaultRequest(access, "GET", "sys/health?standbyok=true");
    if (health.status !== status) return false;
    if (status !== 200 || access.token === undefined) return true;
    // Right after unsealing, Vault is active a moment before its tokens work.
    return (await vaultRequest(access, "GET", "auth/token/lookup-self")).status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function expectHealth(access: VaultAccess, status: number): Promise<void> {
  if (await waitUntil(() => hasHealth(access, status), { timeoutMs: startTimeoutMs })) return;
  throw new ServerStartError(
    `Vault did not reach health status ${status} within ${startTimeoutMs / 1000} s. See its log for the reason.`,
  );
}
