import { vaultError } from "../../errors/vault-error.js";
import { covers, meetingPath } from "../covers.js";
import { grantedCapabilities, type Capability, type PolicyRule } from "../model.js";
import { patternOf, type PathPattern } from "../paths.js";
import { compilePolicies, type NamedPolicy } from "../simulate/compile.js";
import { layerLevels, type PolicyLayer } from "./layer.js";

/** Where a rule of one layer takes the place of a wider one's: Vault does not add them up. */
export interface LayerOverlap {
  /** The narrower rule's path. */
  readonly path: string;
  /** Name of the layer that decides there. */
  readonly decides: string;
  /** Name of the layer that does not. */
  readonly yields: string;
  /** What the other layer grants elsewhere, and nobody there; `deny` where a denial is opened. */
  readonly lost: readonly Capability[];
}

/** The policies of one token, checked against each other. */
export interface LayeredPolicies {
  /** From the first level to the last. */
  readonly policies: readonly NamedPolicy[];
  /** What to know before giving them to one token; in order of the policies. */
  readonly overlaps: readonly LayerOverlap[];
}

/**
 * Puts layers together for one token, and holds them to the hierarchy: levels 2 and 3 open nothing that
 * level 1 denies, which Vault would let them, since its narrower rule wins. Level 4 may.
 *
 * @throws InvalidValueError with the reason `layer-opens-denied` or `duplicate-layer`, and the rule's
 * path or the layer's name in `field`
 * @example
 * const { policies } = composeLayers([globalDenyLayer(), environmentBaseLayer({ environment: "production" })]);
 * compilePolicies(policies).can({ operation: "read", path: "secret/data/production/db" }).allowed;
 */
export function composeLayers(layers: readonly PolicyLayer[]): LayeredPolicies {
  const sorted = layers.toSorted(
    (left, right) => layerLevels.indexOf(left.level) - layerLevels.indexOf(right.level),
  );
  const names = new Set<string>();
  for (const { name } of sorted) {
    if (names.has(name)) throw duplicateLayer(name);
    names.add(name);
  }
  const denying = sorted.filter(({ level }) => level === "global-deny");
  for (const layer of sorted)
    if (layer.level === "environment-base" || layer.level === "service")
      for (const denial of denying) refuseOpening(layer, denial);
  return {
    policies: sorted.map(({ name, policy }) => ({ name, policy })),
    overlaps: sorted.flatMap((layer) =>
      layer.policy.rules.flatMap((rule) =>
        sorted
          .filter((other) => other !== layer)
          .flatMap((other) => overlapsOf(rule, layer.name, other)),
      ),
    ),
  };
}

/** Of two rules that meet, one decides wherever they do; a path that both are for tells which. */
function refuseOpening(layer: PolicyLayer, denial: PolicyLayer): void {
  for (const rule of layer.policy.rules) {
    if (grants(rule).length === 0) continue;
    for (const denied of denial.policy.rules) {
      const path = meetingPath(pattern(rule), pattern(denied));
      if (path === undefined) continue;
      const both = compilePolicies([plain(layer.name, rule), plain(denial.name, denied)]);
      if (both.capabilities(path)[0] !== "deny") throw opensDenied(rule.path);
    }
  }
}

function overlapsOf(rule: PolicyRule, decides: string, wide: PolicyLayer): LayerOverlap[] {
  return wide.policy.rules.flatMap((other) => {
    const same = pattern(rule).text === pattern(other).text;
    if (same || !covers(pattern(other), pattern(rule))) return [];
    const lost = lostTo(rule, other);
    return lost.length === 0 ? [] : [{ path: rule.path, decides, yields: wide.name, lost }];
  });
}

/** What a wider rule says that is gone where the narrower one decides. */
function lostTo(narrow: PolicyRule, wide: PolicyRule): readonly Capability[] {
  if (isDenial(narrow)) return [];
  const granted = grants(narrow);
  if (isDenial(wide)) return granted.length === 0 ? [] : ["deny"];
  return grants(wide).filter((one) => !granted.includes(one));
}

function grants(rule: PolicyRule): readonly Capability[] {
  return isDenial(rule) ? [] : grantedCapabilities(rule);
}

function isDenial(rule: PolicyRule): boolean {
  return grantedCapabilities(rule).includes("deny");
}

/** Templates stand for a segment here, whose it is does not matter. */
function plain(name: string, rule: PolicyRule): NamedPolicy {
  return { name, policy: { rules: [{ ...rule, path: withoutTemplates(rule.path) }] } };
}

function pattern(rule: PolicyRule): PathPattern {
  return patternOf(withoutTemplates(rule.path));
}

function withoutTemplates(path: string): string {
  return path.replaceAll(/\{\{[^{}]*\}\}/gu, "~");
}

function opensDenied(path: string): Error {
  return vaultError("InvalidValue", "A layer would open what the global layer denies.", {
    reason: "layer-opens-denied",
    field: path,
    advice: "Remove this rule, or move it to the admin override.",
  });
}

function duplicateLayer(name: string): Error {
  return vaultError("InvalidValue", "Two layers have one name.", {
    reason: "duplicate-layer",
    field: name,
    advice: "Name each differently; Vault keeps one policy under a name.",
  });
}
