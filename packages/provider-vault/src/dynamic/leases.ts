import {
  isSecretError,
  Secret,
  type CallOptions,
  type DynamicRequest,
  type IssuedLease,
  type LeaseInfo,
  type RenewedLease,
} from "@kinko/core";
import type { TokenHold } from "../auth/token-holds.js";
import { isObject, type JsonObject, type VaultAnswer } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";
import { ask, type Asker } from "./ask.js";
import type { HeldLeases } from "./held-leases.js";
import { checkLeaseId, encodeIssuePath, encodeLeasePrefix } from "./paths.js";
import type { VaultLeasesCapability } from "./types.js";

/** Credentials of any engine, and `sys/leases`. */
export class VaultLeases implements VaultLeasesCapability {
  readonly #client: Asker;
  readonly #held: HeldLeases;

  constructor(client: Asker, held: HeldLeases) {
    this.#client = client;
    this.#held = held;
  }

  async issue({ path, parameters }: DynamicRequest, { signal }: CallOptions): Promise<IssuedLease> {
    let hold: TokenHold | undefined;
    const answer = await ask(this.#client, {
      onHeld: (given) => (hold = given),
      // Engines such as PKI take parameters, in a body; the database engine takes none.
      ...(parameters === undefined ? { method: "GET" } : { method: "POST", body: parameters }),
      path: encodeIssuePath(path),
      // A second login would be made, and the lease of the first be known to nobody.
      once: true,
      signal,
    });
    try {
      const { data } = answer;
      if (data === undefined) throw malformed();
      const id = answer.body["lease_id"];
      if (typeof id !== "string") throw malformed();
      if (id === "") return staticLease(data);
      const lease = leaseOf(answer);
      const secret = Secret.json(data);
      if (hold !== undefined) this.#held.add(id, hold, lease.durationSeconds);
      hold = undefined;
      return { ...lease, secret };
    } finally {
      // Nothing that anybody knows of was made.
      hold?.release();
    }
  }

  async renew(
    leaseId: string,
    options: CallOptions & { readonly incrementSeconds?: number | undefined },
  ): Promise<RenewedLease> {
    const { signal, incrementSeconds } = options;
    const increment =
      incrementSeconds === undefined ? {} : { increment: Math.ceil(incrementSeconds) };
    const body = { lease_id: checkLeaseId(leaseId), ...increment };
    try {
      const renewed = leaseOf(await this.#system("POST", "renew", signal, body));
      this.#held.extend(leaseId, renewed.durationSeconds);
      return renewed;
    } catch (error) {
      if (isSecretError(error, "LeaseExpired")) this.#held.release(leaseId);
      throw error;
    }
  }

  async revoke(leaseId: string, { signal }: CallOptions): Promise<void> {
    // Without `sync` Vault answers before the credentials are gone, and tells nobody of a failure.
    await this.#system("POST", "revoke", signal, { lease_id: checkLeaseId(leaseId), sync: true });
    this.#held.release(leaseId);
  }

  async lookup(leaseId: string, { signal }: CallOptions): Promise<LeaseInfo> {
    const body = { lease_id: checkLeaseId(leaseId) };
    const { data = {} } = await this.#system("POST", "lookup", signal, body);
    const { ttl } = data;
    if (typeof ttl !== "number") throw malformed();
    return {
      id: leaseId,
      issuedAt: dateOf(data["issue_time"]),
      expiresAt: dateOf(data["expire_time"]),
      lastRenewedAt: dateOf(data["last_renewal"]),
      remainingSeconds: Math.max(ttl, 0),
      renewable: data["renewable"] === true,
    };
  }

  async *list(prefix: string, { signal }: CallOptions): AsyncGenerator<readonly string[]> {
    const folders = [encodeLeasePrefix(prefix)];
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      const { status, data } = await ask(this.#client, {
        method: "GET",
        path: `sys/leases/lookup/${folder}/?list=true`,
        signal,
        accept: [404],
      });
      if (status === 404) continue;
      const keys = Array.isArray(data?.["keys"]) ? data["keys"] : [];
      const names = keys.filter((key): key is string => typeof key === "string");
      for (const name of names) {
        if (name.endsWith("/")) folders.push(`${folder}/${encodeURIComponent(name.slice(0, -1))}`);
      }
      const plain = decodeURIComponent(folder);
      const ids = names.filter((name) => !name.endsWith("/")).map((name) => `${plain}/${name}`);
      if (ids.length > 0) yield ids;
    }
  }

  async revokePrefix(prefix: string, { signal }: CallOptions): Promise<void> {
    const path = `revoke-prefix/${encodeLeasePrefix(prefix)}`;
    await this.#system("POST", path, signal, { sync: true });
    this.#held.releaseBeneath(prefix);
  }

  async forgetPrefix(prefix: string, { signal }: CallOptions): Promise<void> {
    await this.#system("POST", `revoke-force/${encodeLeasePrefix(prefix)}`, signal);
    this.#held.releaseBeneath(prefix);
  }

  async tidy({ signal }: CallOptions): Promise<void> {
    await this.#system("POST", "tidy", signal);
  }

  #system(
    method: "POST",
    path: string,
    signal: AbortSignal,
    body?: JsonObject,
  ): Promise<VaultAnswer> {
    return ask(this.#client, { method, path: `sys/leases/${path}`, signal, body });
  }
}

function leaseOf({ body }: VaultAnswer): RenewedLease {
  const { lease_id: id, lease_duration: durationSeconds, renewable } = body;
  if (typeof id !== "string" || typeof durationSeconds !== "number") throw malformed();
  return { id, durationSeconds, renewable: renewable === true };
}

/**
 * What comes without a lease. The password of a static role lasts until the next rotation, which
 * `ttl` counts down to; it is no part of the credentials, which would change with each reading.
 */
function staticLease(data: JsonObject): IssuedLease {
  const { ttl, ...credentials } = data;
  if (typeof ttl !== "number" || !isObject(credentials)) {
    throw vaultError("Unsupported", "What Vault has there is not leased.", {
      reason: "no-lease",
      field: "path",
      advice: "Read it with get; only engines that make credentials issue leases.",
    });
  }
  const secret = Secret.json(credentials);
  return { id: "", secret, durationSeconds: Math.max(ttl, 0), renewable: false };
}

function dateOf(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function malformed(): Error {
  return vaultError("Corrupt", "Vault's answer lacks what was asked for.", {
    reason: "answer-malformed",
    retryable: true,
    advice: "Try again; if it stays so, look at the proxy or load balancer in between.",
  });
}
