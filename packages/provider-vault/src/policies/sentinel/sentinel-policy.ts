import type { VaultClient } from "../../client/vault-client.js";
import { invalidPolicy } from "../errors.js";

/** What a policy that fails does. `soft-mandatory` can be overridden, `advisory` is only told. */
export type EnforcementLevel = "advisory" | "soft-mandatory" | "hard-mandatory";

/**
 * A Sentinel policy of Vault Enterprise. `egp` governs paths, `rgp` the tokens and groups that have it.
 * There is no Enterprise server to prove it on: built on the documented API, requests tested by shape.
 */
export type SentinelPolicy = EndpointPolicy | RolePolicy;

interface SentinelBase {
  /** Lower-case letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** The rules, in Sentinel's language; they are not read here. */
  readonly code: string;
  readonly enforcementLevel: EnforcementLevel;
}

export interface EndpointPolicy extends SentinelBase {
  readonly kind: "egp";
  /** Such as `secret/data/prod/*`; at least one. */
  readonly paths: readonly string[];
}

export interface RolePolicy extends SentinelBase {
  readonly kind: "rgp";
}

/** What these calls need of a client. */
export type SentinelClient = Pick<VaultClient, "request">;

const levels: readonly string[] = ["advisory", "soft-mandatory", "hard-mandatory"];

/**
 * Creates or replaces a Sentinel policy.
 * @throws InvalidValueError before any request, and what Vault says; without Enterprise it says NotFound
 */
export async function putSentinelPolicy(
  client: SentinelClient,
  policy: SentinelPolicy,
  signal: AbortSignal,
): Promise<void> {
  const path = addressOf(policy);
  if (policy.code.trim() === "" || !levels.includes(policy.enforcementLevel))
    throw invalidPolicy(
      "A Sentinel policy has no code, or a level of enforcement that there is not.",
      "invalid-sentinel-policy",
      "Levels are advisory, soft-mandatory and hard-mandatory.",
      policy.name,
    );
  if (policy.kind === "egp" && (policy.paths.length === 0 || policy.paths.includes("")))
    throw invalidPolicy(
      "An endpoint policy has no paths, or an empty one.",
      "invalid-sentinel-policy",
      'Name the paths that it governs, or "*" for all.',
      policy.name,
    );
  await client.request({
    method: "PUT",
    path,
    body: {
      // Encoded, so that nothing in it is taken for an encoding.
      policy: Buffer.from(policy.code).toString("base64"),
      enforcement_level: policy.enforcementLevel,
      ...(policy.kind === "egp" ? { paths: policy.paths } : {}),
    },
    signal,
  });
}

/**
 * Deletes a Sentinel policy; one that is not there is deleted too.
 * @throws InvalidValueError before any request, and what Vault says
 */
export async function deleteSentinelPolicy(
  client: SentinelClient,
  policy: Pick<SentinelPolicy, "kind" | "name">,
  signal: AbortSignal,
): Promise<void> {
  await client.request({ method: "DELETE", path: addressOf(policy), signal });
}

function addressOf({ kind, name }: Pick<SentinelPolicy, "kind" | "name">): string {
  if (!/^[a-z0-9_](?:[a-z0-9_.-]{0,126}[a-z0-9_])?$/u.test(name) || name.includes(".."))
    throw invalidPolicy(
      "This is not a name that a Sentinel policy can have.",
      "invalid-policy-name",
      "Use at most 128 lower-case letters, digits, underscores, and dots or dashes between them.",
    );
  return `sys/policies/${kind}/${name}`;
}
