import type { Clock, ProviderHealth, SecretErrorCode } from "@kinko/core";
import type { VaultClient } from "../client/vault-client.js";

interface Meaning {
  readonly status: ProviderHealth["status"];
  readonly code?: SecretErrorCode;
  readonly message: string;
}

/** The codes of `sys/health`, as Vault documents them. */
const meanings: Readonly<Record<number, Meaning>> = {
  200: { status: "healthy", message: "Vault is unsealed and active." },
  429: {
    status: "healthy",
    message: "This Vault node is a standby and forwards requests to the active one.",
  },
  472: {
    status: "unhealthy",
    code: "Unavailable",
    message: "This Vault is a disaster recovery secondary and serves no requests; use the primary.",
  },
  473: {
    status: "healthy",
    message: "This Vault node is a performance standby and serves reads itself.",
  },
  474: {
    status: "unhealthy",
    code: "Unavailable",
    message: "This Vault node is a standby that cannot reach the active one.",
  },
  501: {
    status: "unhealthy",
    code: "Uninitialized",
    message: "Vault is not initialised; run `vault operator init`.",
  },
  503: { status: "unhealthy", code: "Sealed", message: "Vault is sealed; unseal it." },
};

/** All that `sys/health` answers with. */
export const healthStatuses = Object.keys(meanings).map(Number);

/** Asks one node how it is. It sends no token, so it also works with a wrong one. */
export async function readHealth(
  client: VaultClient,
  address: string,
  options: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<ProviderHealth> {
  const before = options.clock.now();
  const { status, body } = await client.request({
    method: "GET",
    path: "sys/health",
    signal: options.signal,
    credentials: "none",
    accept: healthStatuses,
  });
  const meaning = typeof body["sealed"] === "boolean" ? meanings[status] : undefined;
  if (meaning === undefined) {
    return {
      status: "unhealthy",
      code: "Unavailable",
      message: "What answers at the address is not Vault's health check.",
      details: { address, httpStatus: status },
    };
  }
  const details: Record<string, string | number | boolean> = { address, httpStatus: status };
  for (const [from, to] of detailNames) {
    const value = body[from];
    if (typeof value === "string" || typeof value === "boolean" || typeof value === "number")
      details[to] = value;
  }
  const serverTime = body["server_time_utc"];
  // Vault gives whole seconds, so this is exact to a second.
  if (typeof serverTime === "number")
    details["clockSkewSeconds"] = serverTime - Math.floor(before / 1_000);
  return { ...meaning, details };
}

const detailNames = [
  ["version", "version"],
  ["initialized", "initialized"],
  ["sealed", "sealed"],
  ["standby", "standby"],
  ["performance_standby", "performanceStandby"],
  ["enterprise", "enterprise"],
  ["cluster_name", "cluster"],
] as const;
