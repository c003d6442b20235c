import type { NormalProfile } from "../profile/values.js";
import type { CriterionStates } from "../criteria/ids.js";
import type { Verdict } from "../verdict/verdict.js";

/** What a team can use instead of running its own Vault. */
export type AlternativeId =
  | "embedded-store"
  | "environment-variables"
  | "aws-secrets-manager"
  | "azure-key-vault"
  | "google-secret-manager"
  | "managed-vault";

/** One thing to use instead, with its reasons. */
export interface Alternative {
  readonly id: AlternativeId;
  readonly title: string;
  /** `recommended` fits this profile best; `possible` would also do. */
  readonly fit: "recommended" | "possible";
  readonly why: string;
}

const cloudStores = {
  aws: { id: "aws-secrets-manager", title: "AWS Secrets Manager" },
  azure: { id: "azure-key-vault", title: "Azure Key Vault" },
  gcp: { id: "google-secret-manager", title: "Google Secret Manager" },
} as const;

function cloudAlternatives(profile: NormalProfile): Omit<Alternative, "fit">[] {
  const named = profile.clouds.value ?? [];
  const stores = named.flatMap((cloud) => (cloud === "other" ? [] : [cloudStores[cloud]]));
  const several = stores.length > 1;
  return stores.map(({ id, title }) => ({
    id,
    title,
    why: several
      ? "One of the clouds in use; each cloud's secrets can stay in its own store behind one interface, and the application need not change when one is swapped for another."
      : "The cloud in use already runs it: no server to operate, access by the cloud's own identities.",
  }));
}

function managedVault(
  profile: NormalProfile,
  states: CriterionStates,
): Omit<Alternative, "fit"> | undefined {
  if (profile.onPremisesOnly.value === true) return undefined;
  const thin = states["limited-operations"] === "met";
  const why = thin
    ? "Vault's features without operating the cluster, which is what the team has no capacity for."
    : "Vault's features without operating the cluster; worth its price when operations become thin.";
  return { id: "managed-vault", title: "A managed Vault", why };
}

/** Chooses which alternative to recommend; everything else that applies stays possible. */
function recommended(
  verdict: Verdict,
  profile: NormalProfile,
  states: CriterionStates,
  available: ReadonlySet<AlternativeId>,
  clouds: readonly AlternativeId[],
): AlternativeId | undefined {
  const thin = states["limited-operations"] === "met";
  const needsVault = states["dynamic-secrets"] === "met";
  // Where Vault is wanted and only its operation is the obstacle, somebody else may operate it.
  if (verdict === "adopt" || verdict === "contested") {
    if (thin && available.has("managed-vault")) return "managed-vault";
    if (verdict === "adopt") return undefined;
  }
  // No store of a cloud leases credentials of a database the way Vault does.
  if (needsVault && thin && available.has("managed-vault")) return "managed-vault";
  if (states["environment-variables-suffice"] === "met") return "environment-variables";
  if (profile.onPremisesOnly.value === true) return "embedded-store";
  return clouds[0] ?? "embedded-store";
}

/**
 * What to use instead of an own Vault, the recommended one first.
 *
 * For adopt nothing is recommended unless operations are thin; the list is then what the team
 * would fall back to.
 */
export function alternativesFor(
  verdict: Verdict,
  profile: NormalProfile,
  states: CriterionStates,
): Alternative[] {
  const clouds = profile.onPremisesOnly.value === true ? [] : cloudAlternatives(profile);
  const managed = managedVault(profile, states);
  const all: Omit<Alternative, "fit">[] = [
    ...clouds,
    ...(managed === undefined ? [] : [managed]),
    {
      id: "embedded-store",
      title: "Kinko's embedded store",
      why: "One encrypted file, no server; the same code moves to another store by configuration later.",
    },
    {
      id: "environment-variables",
      title: "Plain environment variables",
      why:
        states["environment-variables-suffice"] === "met"
          ? "They were said to suffice; nothing to run and nothing to learn."
          : "Nothing to run, but no rotation, no audit trail, and every child process reads them.",
    },
  ];
  const chosen = recommended(
    verdict,
    profile,
    states,
    new Set(all.map(({ id }) => id)),
    clouds.map(({ id }) => id),
  );
  const withFit = all.map(({ id, title, why }): Alternative => {
    const fit = id === chosen ? "recommended" : "possible";
    return { id, title, fit, why };
  });
  return withFit.toSorted((left, right) => {
    return Number(right.fit === "recommended") - Number(left.fit === "recommended");
  });
}
