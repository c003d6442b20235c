import { vaultError } from "../../errors/vault-error.js";
import type { PolicyRule } from "../model.js";
import type { NamedPolicy } from "../simulate/compile.js";
import { checkName } from "./names.js";

/** The four levels of a hierarchy, from what nobody may do to what opens it again. */
export const layerLevels = [
  "global-deny",
  "environment-base",
  "service",
  "admin-override",
] as const;
export type LayerLevel = (typeof layerLevels)[number];

/** A policy of one level; a token is given several. */
export interface PolicyLayer extends NamedPolicy {
  readonly level: LayerLevel;
}

/** @throws InvalidValueError for a name that is not plain */
export function layerOf(level: LayerLevel, name: string, rules: PolicyRule[]): PolicyLayer {
  const checked = checkName(name, "name");
  if (checked === "root" || checked === "default")
    throw vaultError("InvalidValue", "Vault has a policy of this name of its own.", {
      reason: "reserved-policy-name",
      field: "name",
      advice: "Choose another name.",
    });
  return { level, name: checked, policy: { rules } };
}
