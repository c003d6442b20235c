import type { VaultClient } from "../client/vault-client.js";
import { vaultError } from "../errors/vault-error.js";
import type { SingleFlight } from "../single-flight.js";
import { isObject } from "../client/answer.js";

/** The mount of a KV engine and what is known of it. */
export interface KvMount {
  /** Encoded path, without slashes at its ends. */
  readonly path: string;
  /** The version that the config says, or `auto`. */
  readonly configured: 1 | 2 | "auto";
}

/**
 * Knows the KV version of the mount: from the config, or asked once from the server.
 *
 * With a version in the config nothing is asked before a read. Before the first write it is checked,
 * because KV v1 would take a write meant for v2 as a secret with the name `data/…`.
 */
export class MountInspector {
  readonly #client: VaultClient;
  readonly #mount: KvMount;
  readonly #flight: SingleFlight<1 | 2>;
  #actual: 1 | 2 | undefined;

  constructor(client: VaultClient, mount: KvMount, flight: SingleFlight<1 | 2>) {
    this.#client = client;
    this.#mount = mount;
    this.#flight = flight;
  }

  /** As far as it is known without asking. */
  get knownVersion(): 1 | 2 | undefined {
    return this.#mount.configured === "auto" ? this.#actual : this.#mount.configured;
  }

  /** The version to speak; asks once when the config says `auto`. */
  async version(signal: AbortSignal): Promise<1 | 2> {
    return this.knownVersion ?? (await this.#ask(signal));
  }

  /**
   * Makes sure, once, that the mount is what the config says.
   * @throws ConfigError with reason `kv-version-mismatch`, `mount-not-kv` or `mount-not-found`
   */
  async verify(signal: AbortSignal): Promise<void> {
    const { configured } = this.#mount;
    const actual = this.#actual ?? (await this.#ask(signal));
    if (configured === "auto" || configured === actual) return;
    throw vaultError(
      "Config",
      `The mount is KV version ${actual}, and the config says ${configured}.`,
      {
        reason: "kv-version-mismatch",
        advice: `Set kvVersion to ${actual}, or to auto.`,
      },
    );
  }

  async #ask(signal: AbortSignal): Promise<1 | 2> {
    this.#actual = await this.#flight.run(signal, (shared) => this.#preflight(shared));
    return this.#actual;
  }

  async #preflight(signal: AbortSignal): Promise<1 | 2> {
    const path = `sys/internal/ui/mounts/${this.#mount.path}`;
    const { data } = await this.#client
      .request({ method: "GET", path, signal })
      .catch((error: unknown) => {
        throw isPolicyDenial(error) ? mountNotFound() : error;
      });
    const type = data?.["type"];
    if (type !== "kv" && type !== "generic") {
      throw vaultError("Config", "What is mounted there is not a KV engine.", {
        reason: "mount-not-kv",
        advice: "Check the option mount.",
      });
    }
    const options = data?.["options"];
    return isObject(options) && options["version"] === "2" ? 2 : 1;
  }
}

/** Vault answers 403 here for a mount that is not there and for one that the token has no right in. */
function isPolicyDenial(error: unknown): boolean {
  return error instanceof Error && (error as { readonly reason?: unknown }).reason === "policy";
}

function mountNotFound(): Error {
  return vaultError("Config", "There is no such mount, or the token has no right in it at all.", {
    reason: "mount-not-found",
    advice: "Check the option mount and the policies of the token.",
  });
}
