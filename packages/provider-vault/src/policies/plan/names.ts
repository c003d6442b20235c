import { encodeEnginePath } from "../../engine/names.js";
import { vaultError } from "../../errors/vault-error.js";

/** Policies that Vault makes and guards itself. */
const vaultsOwn: readonly string[] = ["root", "response-wrapping", "control-group"];

/** Names that no plan touches unless they are asked for. */
export function isReserved(name: string): boolean {
  return name === "default" || vaultsOwn.includes(name);
}

/**
 * Address of a policy below `/v1/`.
 * @throws InvalidRefError, or InvalidValueError for names that Vault would change
 */
export function addressOf(name: string): string {
  const encoded = encodeEnginePath(name, "policy");
  if (name === name.toLowerCase() && !name.startsWith("/") && !name.endsWith("/"))
    return `sys/policies/acl/${encoded}`;
  throw vaultError("InvalidValue", "This is not a name that a policy can have.", {
    reason: "invalid-policy-name",
    field: "name",
    advice: "Use lower-case letters: Vault keeps no others, and two names could become one.",
  });
}

/**
 * Checks that a name may be changed.
 * @throws InvalidValueError before any request
 */
export function checkWritable(name: string, include: readonly string[]): void {
  addressOf(name);
  if (vaultsOwn.includes(name))
    throw vaultError("InvalidValue", `Vault does not let the policy ${name} be changed.`, {
      reason: "protected-policy",
      field: "name",
      advice: "Leave it out.",
    });
  if (name === "default" && !include.includes(name))
    throw vaultError("InvalidValue", "Nearly every token has the policy default.", {
      reason: "default-not-included",
      field: "include",
      advice: "Include default by name if it is to be changed, or leave it out.",
    });
}
