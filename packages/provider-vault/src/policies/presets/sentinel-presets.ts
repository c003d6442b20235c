import { vaultError } from "../../errors/vault-error.js";
import type { EndpointPolicy, EnforcementLevel, RolePolicy } from "../sentinel/sentinel-policy.js";
import { checkPlace, folderAddresses, type KvPlace } from "./kv-rules.js";
import { checkName } from "./names.js";

/** Parameters of {@link writeMfaPolicy}. */
export interface WriteMfaPolicyOptions extends KvPlace {
  /** Default `production`. */
  readonly environment?: string | undefined;
  /** Name of the MFA method: a letter or `_`, then letters, digits and `_`. */
  readonly mfaMethod: string;
  /** Default `hard-mandatory`. */
  readonly enforcementLevel?: EnforcementLevel | undefined;
  /** Default `mfa-for-`, the environment in lower case, `-writes`. */
  readonly name?: string | undefined;
}

/**
 * Sentinel, Enterprise: whoever writes, deletes or restores secrets of an environment passes MFA in the
 * same request. Reads go on without. Source: Vault, enterprise/sentinel. Hand it to `putSentinelPolicy`.
 *
 * @throws InvalidValueError for a name that is not plain, before anything is made
 */
export function writeMfaPolicy(options: WriteMfaPolicyOptions): EndpointPolicy {
  const { environment = "production", mfaMethod, enforcementLevel, name, ...place } = options;
  const own = checkName(environment, "environment");
  const code = `import "mfa"

# Reads and lists are left to the ACL policies.
writes = ["create", "update", "patch", "delete"]

main = rule when request.operation in writes {
  mfa.methods.${checkIdentifier(mfaMethod)}.valid
}
`;
  return {
    kind: "egp",
    name: name ?? `mfa-for-${own.toLowerCase()}-writes`,
    code,
    enforcementLevel: enforcementLevel ?? "hard-mandatory",
    paths: folderAddresses(checkPlace(place), own),
  };
}

/** Parameters of {@link overrideAgePolicy}. */
export interface OverrideAgePolicyOptions {
  /** Requests of older tokens are refused, in seconds. Default 900. */
  readonly maxAgeSeconds?: number | undefined;
  /** Name of an MFA method that each request passes as well. Default: none. */
  readonly mfaMethod?: string | undefined;
  /** Default `admin-override-age`. */
  readonly name?: string | undefined;
}

/**
 * Sentinel, Enterprise: a role policy for the tokens of an admin override, which end for it at an age
 * that nobody can change, however they were made.
 *
 * @throws InvalidValueError for an age or a method that is none
 */
export function overrideAgePolicy(options: OverrideAgePolicyOptions = {}): RolePolicy {
  const { maxAgeSeconds = 900, mfaMethod, name = "admin-override-age" } = options;
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 1)
    throw vaultError("InvalidValue", "This is no age of a token.", {
      reason: "invalid-ttl",
      field: "maxAgeSeconds",
      advice: "Give whole seconds, 1 or more.",
    });
  const [imports, and] =
    mfaMethod === undefined
      ? ["", ""]
      : ['import "mfa"\n', ` and mfa.methods.${checkIdentifier(mfaMethod)}.valid`];
  const code = `import "time"
${imports}
young = rule {
  time.now.unix - time.load(token.creation_time).unix < ${maxAgeSeconds}
}

main = rule {
  young${and}
}
`;
  return { kind: "rgp", name, code, enforcementLevel: "hard-mandatory" };
}

/** Sentinel's code names the method, so it must be an identifier there. */
function checkIdentifier(name: string): string {
  if (typeof name === "string" && /^[A-Za-z_]\w{0,127}$/u.test(name)) return name;
  throw vaultError("InvalidValue", "Sentinel cannot name this MFA method.", {
    reason: "invalid-name",
    field: "mfaMethod",
    advice: "Use letters, digits and _, not beginning with a digit.",
  });
}
