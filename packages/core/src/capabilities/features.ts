/**
 * Behaviours of the portable store that not every backend has.
 * - `versions`: older versions are kept, listed and readable.
 * - `checkAndSet`: `put` honours `ifVersion` atomically.
 * - `softDelete`: a delete can be undone until it is purged.
 * - `undelete`: soft-deleted secrets or versions can be brought back.
 * - `deleteVersion`: one version can be soft-deleted.
 * - `destroyVersion`: one version can be destroyed for good.
 * - `purge`: a secret can be removed with all its versions, at once.
 * - `tags`: string tags are kept with a secret.
 * - `patch`: fields of a JSON secret change atomically.
 * - `bulkGet`: several secrets are read in one request.
 * - `watch`: changes are pushed (otherwise the store polls).
 * - `permissions`: what the credentials allow can be asked without reading values.
 */
export const featureNames = [
  "versions",
  "checkAndSet",
  "softDelete",
  "undelete",
  "deleteVersion",
  "destroyVersion",
  "purge",
  "tags",
  "patch",
  "bulkGet",
  "watch",
  "permissions",
] as const;

/** One of {@link featureNames}. */
export type FeatureName = (typeof featureNames)[number];

/** How a backend has a feature; `reason` says why it is emulated or missing. */
export type FeatureSupport =
  | { readonly support: "native" }
  | { readonly support: "emulated"; readonly reason: string }
  | { readonly support: "unsupported"; readonly reason: string };

/** The backend does it itself. */
export const native: FeatureSupport = Object.freeze({ support: "native" });

/** The driver does it with several requests; `reason` says what that costs. */
export function emulated(reason: string): FeatureSupport {
  return Object.freeze({ support: "emulated", reason });
}

/** It cannot be had; `reason` says why. */
export function unsupported(reason: string): FeatureSupport {
  return Object.freeze({ support: "unsupported", reason });
}

/** What a backend accepts. Undefined means that no limit is known. */
export interface ProviderLimits {
  /** Largest value in bytes as the application sees it, before any encoding. */
  readonly maxValueBytes?: number;
  /** Largest name in UTF-8 bytes as the application writes it. */
  readonly maxPathBytes?: number;
  readonly maxVersions?: number;
  readonly maxTags?: number;
  /**
   * Reads of single secrets that the service takes of all its clients together, where `getMany` has
   * to read one by one. `getMany` then keeps below half of it.
   */
  readonly readRate?: { readonly requests: number; readonly perSeconds: number };
  /** Where the figures come from: the vendor's page or the reason for an own limit. */
  readonly source: string;
}
