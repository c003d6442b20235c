import { ConfigError, parseRef, type RefInput, type Secret, type SecretRef } from "@kinko/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ServiceIdentifier } from "inversify";

/** One thing that an application needs: a reference, or a reference with what it must be. */
export type ManifestEntry =
  | string
  | {
      readonly ref: RefInput;
      /**
       * Any Standard Schema (zod, valibot, arktype …); what it puts out is injected. It is given
       * text as a string, JSON as its parsed value and binary as bytes. Default: the {@link Secret}.
       */
      readonly schema?: StandardSchemaV1 | undefined;
      /** True: undefined when there is no such secret. Default false. */
      readonly optional?: boolean | undefined;
    };

/** Entries by the name under which the application uses them. */
export type ManifestEntries = Readonly<Record<string, ManifestEntry>>;

/** The type that an entry gives. */
export type ManifestValue<Entry extends ManifestEntry> =
  | (Entry extends { readonly schema: infer Schema extends StandardSchemaV1 }
      ? StandardSchemaV1.InferOutput<Schema>
      : Secret)
  | (Entry extends { readonly optional: true } ? undefined : never);

/** The typed object of a manifest, such as `ManifestValues<typeof settings>`. */
export type ManifestValues<Declared extends AnyManifest> =
  Declared extends Manifest<infer Values> ? Values : never;

/** What an application needs, as one typed object under one token. */
export interface Manifest<Values> {
  /** Injects the object. */
  readonly token: ServiceIdentifier<Values>;
  /** What is read, by name. */
  readonly entries: ReadonlyMap<string, CheckedEntry>;
  /** Checks the object as a whole, after its entries. */
  readonly schema: StandardSchemaV1<unknown, Values> | undefined;
}

/** A manifest of any type, for lists of them. */
export type AnyManifest = Pick<Manifest<unknown>, "token" | "entries"> & {
  readonly schema: StandardSchemaV1 | undefined;
};

/** An entry whose reference is parsed. */
export interface CheckedEntry {
  readonly ref: SecretRef;
  readonly schema: StandardSchemaV1 | undefined;
  readonly optional: boolean;
}

/**
 * Declares what an application needs. Hand it to `kinkoModule({ manifests: [settings] })`: every
 * secret is read and checked when the module loads, and everything that is missing or invalid is
 * named at once. Then `settings.token` injects the typed object.
 *
 * Either entry by entry, or a schema of the whole object with the reference of each of its names.
 *
 * @throws InvalidRefError, ConfigError
 * @example
 * const settings = defineManifest({
 *   databasePassword: { ref: "prod/app/db#password", schema: z.string().min(8) },
 *   signingKey: "prod/app/signing-key",
 * });
 * type Settings = ManifestValues<typeof settings>; // { databasePassword: string; signingKey: Secret }
 */
export function defineManifest<const Entries extends ManifestEntries>(
  entries: Entries,
): Manifest<{ readonly [Name in keyof Entries]: ManifestValue<Entries[Name]> }>;
export function defineManifest<Input extends object, Output>(
  schema: StandardSchemaV1<Input, Output>,
  refs: { readonly [Name in keyof Input]-?: RefInput },
): Manifest<Output>;
export function defineManifest(
  first: ManifestEntries | StandardSchemaV1,
  refs?: Readonly<Record<string, RefInput>>,
): AnyManifest {
  const schema = refs === undefined ? undefined : (first as StandardSchemaV1);
  const entries = new Map<string, CheckedEntry>();
  for (const [name, entry] of Object.entries(refs ?? (first as ManifestEntries))) {
    entries.set(name, refs === undefined ? checkEntry(entry as ManifestEntry) : schemaEntry(entry));
  }
  if (entries.size === 0) {
    throw new ConfigError("The manifest is empty.", {
      reason: "empty-manifest",
      advice: "Name what the application needs.",
    });
  }
  return Object.freeze({ token: Symbol("kinko.Manifest"), entries, schema });
}

function checkEntry(entry: ManifestEntry): CheckedEntry {
  if (typeof entry === "string") {
    return { ref: parseRef(entry), schema: undefined, optional: false };
  }
  return { ref: parseRef(entry.ref), schema: entry.schema, optional: entry.optional === true };
}

/** The schema of the whole decides what may be absent and what has a default. */
function schemaEntry(ref: RefInput): CheckedEntry {
  return { ref: parseRef(ref), schema: undefined, optional: true };
}
