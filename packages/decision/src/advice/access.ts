import type { NormalProfile } from "../profile/values.js";
import type { Choice } from "./pattern.js";

/** How environments are kept apart, row B5 of the feature list. */
export type Isolation = "namespaces" | "paths";

/** The chosen isolation with the place of every environment. */
export interface IsolationChoice extends Choice<Isolation> {
  readonly environments: readonly { readonly name: string; readonly place: string }[];
}

/** Kind of token that applications get, row B13. */
export type TokenType = "batch" | "service";

/** Environments assumed when none is named. */
const assumedEnvironments = ["dev", "staging", "prod"] as const;

/** A name that is one safe path segment; anything else is left to a person. */
const segmentPattern = /^[a-z0-9][a-z0-9._-]*$/;

/** The environments to make paths for: the named ones that are safe path segments, else three. */
export function environmentsFor(profile: NormalProfile): {
  readonly names: readonly string[];
  readonly assumptions: readonly string[];
} {
  const named = profile.environmentNames.value ?? [];
  const usable = named.filter((name) => segmentPattern.test(name));
  const left = named.filter((name) => !segmentPattern.test(name));
  const assumptions = left.map(
    (name) => `environment "${name}" is not a plain path segment and was left out: rename it`,
  );
  if (usable.length > 0) return { names: usable, assumptions };
  const assumed = `environmentNames is unknown: assumed ${assumedEnvironments.join(", ")}`;
  return { names: assumedEnvironments, assumptions: [...assumptions, assumed] };
}

/** Chooses namespaces where Enterprise is licensed, else a path prefix for every environment. */
export function chooseIsolation(profile: NormalProfile): IsolationChoice {
  const { names, assumptions } = environmentsFor(profile);
  if (profile.vaultEnterprise.value === true) {
    return {
      choice: "namespaces",
      why: [
        "Vault Enterprise gives every environment a namespace with its own policies, auth and engines.",
      ],
      assumptions,
      environments: names.map((name) => ({ name, place: `${name}/` })),
    };
  }
  const unknown = "vaultEnterprise is unknown: assumed the open-source edition";
  return {
    choice: "paths",
    why: [
      "Without Enterprise namespaces every path begins with its environment, under strict policies.",
    ],
    assumptions: profile.vaultEnterprise.value === null ? [...assumptions, unknown] : assumptions,
    environments: names.map((name) => ({ name, place: `secret/data/${name}/` })),
  };
}

/** Chooses batch tokens for many short-lived readers, else renewable service tokens. */
export function chooseTokenType(profile: NormalProfile): Choice<TokenType> {
  if (profile.shortLivedHighThroughput.value === true) {
    const why = [
      "Batch tokens are not persisted, so many short-lived jobs do not burden the storage; they cannot be renewed.",
    ];
    return { choice: "batch", why, assumptions: [] };
  }
  const unknown = "shortLivedHighThroughput is unknown: assumed long-running applications";
  return {
    choice: "service",
    why: ["Service tokens are renewable and revocable, which long-running applications need."],
    assumptions: profile.shortLivedHighThroughput.value === null ? [unknown] : [],
  };
}
