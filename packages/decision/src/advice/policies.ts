import type { NormalProfile } from "../profile/values.js";
import { environmentsFor } from "./access.js";

/** Names of policy presets (least privilege, and the hierarchy of four). */
export type PolicyPreset =
  | "developer"
  | "devops"
  | "production-application"
  | "global-deny"
  | "environment-base"
  | "service-specific"
  | "admin-override";

/** What a rule allows on a path. */
export type PolicyCapability =
  | "create"
  | "read"
  | "update"
  | "patch"
  | "delete"
  | "list"
  | "sudo"
  | "deny";

/** One rule of a planned policy. `path` is a Vault path as it stands in a policy document. */
export interface PlannedRule {
  readonly path: string;
  readonly capabilities: readonly PolicyCapability[];
}

/** Conditions on the tokens that carry a policy, where the policy's text alone does not suffice. */
export interface PolicyConditions {
  readonly multiFactor: boolean;
  /** Longest life of a token that carries the policy, in seconds. */
  readonly maxTtlSeconds: number;
  /** Whether every use is to be alerted on, not just recorded. */
  readonly alertOnUse: boolean;
}

/** A policy to begin with, as data that a generator can turn into a document. */
export interface PlannedPolicy {
  readonly preset: PolicyPreset;
  /** The policy's name in Vault. */
  readonly name: string;
  /** The environment it belongs to; null for all. */
  readonly environment: string | null;
  readonly rules: readonly PlannedRule[];
  /** Names written as `<name>` in the rules that must be filled in for every use; often empty. */
  readonly placeholders: readonly string[];
  readonly conditions: PolicyConditions | null;
  readonly purpose: string;
}

const oneHourSeconds = 3600;

/** The environment whose name starts like one of `beginnings`, else a conventional name. */
function environmentLike(
  names: readonly string[],
  beginnings: readonly string[],
  otherwise: string,
) {
  for (const beginning of beginnings) {
    const found = names.find((name) => name.startsWith(beginning));
    if (found !== undefined) return found;
  }
  return otherwise;
}

function plan(
  preset: PolicyPreset,
  environment: string | null,
  purpose: string,
  rules: readonly PlannedRule[],
  extra: Partial<Pick<PlannedPolicy, "placeholders" | "conditions">> = {},
): PlannedPolicy {
  const perEnvironment = preset === "environment-base" || preset === "service-specific";
  const name = perEnvironment && environment !== null ? `${preset}-${environment}` : preset;
  const { placeholders = [], conditions = null } = extra;
  return { preset, name, environment, rules, placeholders, conditions, purpose };
}

/**
 * The policies to begin with, over a KV version 2 engine mounted at `secret/`.
 *
 * In that engine values lie under `secret/data/` and names are listed under `secret/metadata/`, so
 * whoever may list gets both. The environment base reads `shared/` and not the whole environment:
 * else the exact paths of the service-specific layer would restrict nothing.
 */
export function planPolicies(profile: NormalProfile): PlannedPolicy[] {
  const { names } = environmentsFor(profile);
  const development = environmentLike(names, ["dev", "local"], "dev");
  const production = environmentLike(names, ["prod", "live"], "prod");
  return [
    plan("developer", development, "Read and list what development uses.", [
      { path: `secret/data/${development}/*`, capabilities: ["read", "list"] },
      { path: `secret/metadata/${development}/*`, capabilities: ["read", "list"] },
    ]),
    plan("devops", null, "Read and list everything, write nothing.", [
      { path: "secret/data/*", capabilities: ["read", "list"] },
      { path: "secret/metadata/*", capabilities: ["read", "list"] },
    ]),
    plan(
      "production-application",
      production,
      "Read its own secrets in production, nothing else.",
      [{ path: `secret/data/${production}/app/*`, capabilities: ["read"] }],
    ),
    plan("global-deny", null, "First layer, for everyone but administrators.", [
      { path: "sys/*", capabilities: ["deny"] },
      { path: "auth/token/create-orphan", capabilities: ["deny"] },
    ]),
    ...names.map((name) =>
      plan("environment-base", name, `Second layer: what everything in ${name} may read.`, [
        { path: `secret/data/${name}/shared/*`, capabilities: ["read"] },
      ]),
    ),
    ...names.map((name) =>
      plan(
        "service-specific",
        name,
        `Third layer: one policy for each service in ${name}, exact paths only.`,
        [{ path: `secret/data/${name}/<service>/<secret>`, capabilities: ["read"] }],
        { placeholders: ["service", "secret"] },
      ),
    ),
    plan(
      "admin-override",
      null,
      "Fourth layer, for emergencies: never together with global-deny, whose deny would win.",
      [
        { path: "secret/*", capabilities: ["create", "read", "update", "patch", "delete", "list"] },
        { path: "sys/*", capabilities: ["create", "read", "update", "delete", "list", "sudo"] },
      ],
      { conditions: { multiFactor: true, maxTtlSeconds: oneHourSeconds, alertOnUse: true } },
    ),
  ];
}
