import type { SecretKind, VersionState, JsonValue } from "@kinko/core";
import { localError } from "../errors.js";

/** One version of a secret, as it stands in the document. */
export interface StoredVersion {
  readonly id: string;
  readonly createdAt: string;
  readonly state: Exclude<VersionState, "disabled">;
  readonly deletedAt?: string | undefined;
  /** Both absent once destroyed. */
  readonly kind?: SecretKind | undefined;
  /** Text as text, JSON as JSON, binary as base64. */
  readonly value?: JsonValue | undefined;
}

/** One secret with all its versions, as it stands in the document. */
export interface StoredEntry {
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Present while the secret as a whole is soft-deleted. */
  readonly deletedAt?: string | undefined;
  /** Counter that gives the next version its id; ids are never used twice. */
  readonly nextVersion: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest first; never empty. */
  readonly versions: readonly StoredVersion[];
}

/** How the bytes of every entry begin; its state follows. Listing relies on it. */
export const statePrefix = '{"state":"';

/** What a plain read of the secret finds. */
export function entryState(entry: StoredEntry): StoredVersion["state"] {
  const newest = entry.versions.at(-1);
  if (entry.deletedAt !== undefined) return "deleted";
  return newest?.state ?? "destroyed";
}

/** The JSON text of an entry. `state` is derived and stands there for people and for listings. */
export function serialiseEntry(entry: StoredEntry): string {
  return JSON.stringify({
    state: entryState(entry),
    createdAt: entry.createdAt,
    updatedAt: entry.updatedAt,
    deletedAt: entry.deletedAt,
    nextVersion: entry.nextVersion,
    tags: entry.tags,
    versions: entry.versions.map((version) => ({
      id: version.id,
      createdAt: version.createdAt,
      state: version.state,
      deletedAt: version.deletedAt,
      kind: version.kind,
      value: version.value,
    })),
  });
}

/** Parses the JSON text of an entry. @throws CorruptError, which quotes nothing. */
export function parseEntry(text: string): StoredEntry {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw corruptDocument();
  }
  return checkEntry(parsed);
}

/** Checks the shape of a parsed entry. @throws CorruptError */
export function checkEntry(value: unknown): StoredEntry {
  const entry = record(value);
  const versions = entry["versions"];
  if (!Array.isArray(versions) || versions.length === 0) throw corruptDocument();
  const checked = versions.map(checkVersion);
  const newest = Math.max(...checked.map(({ id }) => Number(id)));
  const nextVersion = entry["nextVersion"];
  if (!isCounter(nextVersion) || nextVersion <= newest) throw corruptDocument();
  if (checked.some(({ id }, index) => Number(id) <= Number(checked[index - 1]?.id ?? 0))) {
    throw corruptDocument();
  }
  return {
    createdAt: time(entry["createdAt"]),
    updatedAt: time(entry["updatedAt"]),
    deletedAt: entry["deletedAt"] === undefined ? undefined : time(entry["deletedAt"]),
    nextVersion,
    tags: checkTags(entry["tags"]),
    versions: checked,
  };
}

function checkVersion(value: unknown): StoredVersion {
  const version = record(value);
  const { id, state, kind } = version;
  if (typeof id !== "string" || !/^[1-9][0-9]{0,14}$/u.test(id)) throw corruptDocument();
  const createdAt = time(version["createdAt"]);
  const deletedAt = version["deletedAt"] === undefined ? undefined : time(version["deletedAt"]);
  if (state === "destroyed") return { id, createdAt, state, deletedAt };
  if (state !== "enabled" && state !== "deleted") throw corruptDocument();
  if (kind !== "text" && kind !== "json" && kind !== "binary") throw corruptDocument();
  const stored = version["value"];
  if (kind === "json" ? stored === undefined : typeof stored !== "string") throw corruptDocument();
  return { id, createdAt, state, deletedAt, kind, value: stored as JsonValue };
}

function checkTags(value: unknown): Readonly<Record<string, string>> {
  const tags = record(value);
  const copy = Object.create(null) as Record<string, string>;
  for (const [name, tag] of Object.entries(tags)) {
    if (typeof tag !== "string") throw corruptDocument();
    copy[name] = tag;
  }
  return copy;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw corruptDocument();
  return value as Readonly<Record<string, unknown>>;
}

function time(value: unknown): string {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) throw corruptDocument();
  return value;
}

function isCounter(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** The document says that it is Kinko's, but has not the shape that its version has. */
export function corruptDocument(): ReturnType<typeof localError> {
  return localError(
    "Corrupt",
    "corrupt-store",
    "The store opens, but its content does not have the form of a Kinko store.",
    "Restore it from a backup, or decrypt it with age and correct the JSON; nothing was changed.",
  );
}
