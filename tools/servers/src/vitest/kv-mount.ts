import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { ServerStartError } from "../errors.js";
import { waitUntil } from "../process/wait-until.js";
import type { VaultAccess } from "../vault/api.js";
import { vaultRequest } from "../vault/api.js";
import { providedServer } from "./provided.js";

export interface KvMountOptions {
  /** Version of the key-value engine. */
  readonly version: 1 | 2;
  /** Mounts it in the shared Vault with TLS instead. Default false. */
  readonly tls?: boolean;
}

/** A key-value engine of the caller's own in the shared Vault. */
export interface KvMount {
  /** The mount's path, without slashes: `kv2-5d41402abc4b`. */
  readonly mount: string;
  /** Removes it with everything in it. */
  remove(): Promise<void>;
}

/**
 * Names a key-value engine that is mounted before the calling suite's tests and removed after them,
 * so that suites running at the same time do not meet. Call it at the top of a file or in a
 * `describe`. The name is known at once; the engine is there from the first `beforeAll` after it.
 *
 * @example
 * ```ts
 * const mount = createKvMount({ version: 2 });
 * ```
 */
export function createKvMount(options: KvMountOptions): string {
  const access = accessTo(options);
  const mount = mountName(options);
  beforeAll(() => addMount(access, mount, options.version));
  afterAll(() => removeMount(access, mount));
  return mount;
}

/**
 * Mounts a key-value engine now, for use in a hook or a test, such as a fresh one per test. The
 * caller removes it.
 */
export async function mountKv(options: KvMountOptions): Promise<KvMount> {
  const access = accessTo(options);
  const mount = mountName(options);
  await addMount(access, mount, options.version);
  return { mount, remove: () => removeMount(access, mount) };
}

function accessTo(options: KvMountOptions): VaultAccess {
  return providedServer(options.tls === true ? "vaultTls" : "vault");
}

function mountName(options: KvMountOptions): string {
  return `kv${options.version}-${randomBytes(6).toString("hex")}`;
}

async function addMount(access: VaultAccess, mount: string, version: 1 | 2): Promise<void> {
  const body = { type: "kv", options: { version: String(version) } };
  const { status } = await vaultRequest(access, "POST", `sys/mounts/${mount}`, body);
  if (status >= 300)
    throw new ServerStartError(`Vault answered ${status} to mounting ${mount}. See its log.`);
  // Version 2 sets its storage up in the background, and answers 400 until that is done.
  const probe = version === 2 ? `${mount}/config` : `${mount}/absent`;
  const settled = version === 2 ? 200 : 404;
  const isReady = async (): Promise<boolean> =>
    (await vaultRequest(access, "GET", probe)).status === settled;
  if (await waitUntil(isReady, { timeoutMs: 30_000, intervalMs: 10 })) return;
  throw new ServerStartError(
    `The key-value engine ${mount} was not ready after 30 s. See Vault's log.`,
  );
}

async function removeMount(access: VaultAccess, mount: string): Promise<void> {
  const { status } = await vaultRequest(access, "DELETE", `sys/mounts/${mount}`);
  if (status >= 300)
    throw new ServerStartError(`Vault answered ${status} to removing ${mount}. See its log.`);
}
