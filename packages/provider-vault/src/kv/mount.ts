import { isSecretError } from "@kinko/core";
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
    const actual = this.#actual ?? (await this.#askIfAllowed(signal));
    if (configured === "auto" || actual === undefined || configured === actual) return;
    throw vaultError(
      "Config",
      `The mount is KV version ${actual}, and the config says ${configured}.`,
      {
        reason: "kv-version-mismatch",
        advice: `Set kvVersion to ${actual}, or to auto.`,
      },
    );
  }

  /** Undefined for a token without any right in the mount: the call itself is then refused too. */
  async #askIfAllowed(signal: AbortSignal): Promise<1 | 2 | undefined> {
    try {
      return await this.#ask(signal);
    } catch (error) {
      if (isSecretError(error, "PermissionDenied")) return undefined;
      throw error;
    }
  }

  async #ask(signal: AbortSignal): Promise<1 | 2> {
    this.#actual = await this.#flight.run(signal, (shared) => this.#preflight(shared));
    return this.#actual;
  }

  async #preflight(signal: AbortSignal): Promise<1 | 2> {
    const path = `sys/internal/ui/mounts/${this.#mount.path}`;
    const { data } = await this.#client
      .request({ method: "GET", path, signal })
      .catch(async (error: unknown) => {
        if (isSecretError(error, "PermissionDenied")) await this.#refuseMissing(signal);
        throw error;
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

  /**
   * Vault refuses the question for a mount that is not there as it does for one that the token has
   * no right in. Any path below tells them apart, to tokens that may see it.
   */
  async #refuseMissing(signal: AbortSignal): Promise<void> {
    const path = `${this.#mount.path}/config`;
    const answer = await this.#client.request({ method: "GET", path, signal, accept: [404] });
    if (answer.errors.length > 0) throw this.#client.errorOf(answer);
  }
}
