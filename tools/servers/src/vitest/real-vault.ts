import type { VaultResponse } from "../vault/api.js";
import { vaultRequest } from "../vault/api.js";
import type { VaultMethod } from "../vault/server.js";
import { markRealServer } from "./mark.js";
import type { ProvidedVault } from "./provided.js";
import { providedServer } from "./provided.js";

/** The shared real Vault of a test run. It is nobody's own: never seal it, never remove others' mounts. */
export interface RealVault {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** The root token. */
  readonly token: string;
  /** `1.21.1` */
  readonly version: string;
  /** One request with the root token; `path` is below `/v1/`. It answers every status. */
  request(method: VaultMethod, path: string, body?: unknown): Promise<VaultResponse>;
  /**
   * A second shared Vault, over https with a certificate authority of its own. Reading this property
   * throws ServerUnavailableError when it could not be started.
   */
  readonly tls: RealVaultTls;
}

export interface RealVaultTls {
  /** `https://127.0.0.1:PORT` */
  readonly address: string;
  readonly token: string;
  /** PEM file. */
  readonly caFile: string;
  /** The same as text. */
  readonly ca: string;
  request(method: VaultMethod, path: string, body?: unknown): Promise<VaultResponse>;
}

/**
 * The shared real Vault. Call it at the top of an integration test file, or in a `describe`: it also
 * marks the tests there, so that the run can say how many ran against the real server.
 *
 * @throws ServerUnavailableError when there is none, with the reason
 *
 * @example
 * ```ts
 * const vault = realVault();
 * const mount = createKvMount({ version: 2 });
 *
 * test("reads what was written", async () => {
 *   await vault.request("POST", `${mount}/data/app`, { data: { value: "s3cret" } });
 * });
 * ```
 */
export function realVault(): RealVault {
  markRealServer("vault");
  const vault = providedServer("vault");
  return {
    address: vault.address,
    token: vault.token,
    version: vault.version,
    request: requester(vault),
    get tls() {
      const server = providedServer("vaultTls");
      const { address, token, ca = "", caFile = "" } = server;
      return { address, token, ca, caFile, request: requester(server) };
    },
  };
}

function requester(vault: ProvidedVault): RealVault["request"] {
  return (method, path, body) => vaultRequest(vault, method, path, body);
}
