/** Path of a secret: one string per segment, each checked by {@link checkSegment}. */
export type SecretPath = readonly string[];

/**
 * Which version is meant.
 * - `latest`: the newest version, whatever its state (the default).
 * - `latestEnabled`: the newest version that can be read.
 * - `id`: the version with this opaque id, such as `3` or a GUID.
 * - `stage`: the version that carries this label, where a store has labels.
 */
export type VersionSelector =
  | { readonly kind: "latest" }
  | { readonly kind: "latestEnabled" }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "stage"; readonly stage: string };

/**
 * A parsed and checked reference to a secret, one of its fields, or one of its versions.
 * Drivers receive only these; applications usually write the text form, `prod/app/db#password@3`.
 */
export interface SecretRef {
  readonly path: SecretPath;
  /** Name of a field of a JSON secret. Core extracts it; drivers can ignore it. */
  readonly field?: string;
  /** Default: `latest`. */
  readonly version?: VersionSelector;
}

/** What applications may pass where a reference is wanted. */
export type RefInput =
  | string
  | {
      /** Text form of a path (`prod/app/db`) or its segments as they are (`["prod", "app", "db"]`). */
      readonly path: string | SecretPath;
      readonly field?: string | undefined;
      /** Text form (`3`, `latest`, `stage:NAME`) or a selector. */
      readonly version?: string | VersionSelector | undefined;
    };
