import {
  createSecretError,
  defaultMessages,
  type Secret,
  type VersionInfo,
  type VersionSelector,
} from "@kinko/core";
import { localError } from "../errors.js";
import { entryState, type StoredEntry, type StoredVersion } from "./entry.js";
import { storedValue } from "./value.js";

// Pure changes of one secret's history. Each returns the entry as it is to be, or throws.

/** What a put does to the history. */
export interface AppendOptions {
  readonly value: Secret;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly ifVersion?: string | undefined;
  readonly maxVersions: number;
  readonly now: string;
}

/** Adds a version, which ends a soft delete; older versions than `maxVersions` are dropped. */
export function appendVersion(entry: StoredEntry | undefined, options: AppendOptions): StoredEntry {
  const { ifVersion, now, maxVersions } = options;
  if (ifVersion === "absent") {
    if (entry !== undefined) throw createFailure("AlreadyExists");
  } else if (ifVersion !== undefined && entry?.versions.at(-1)?.id !== ifVersion) {
    throw createFailure("Conflict");
  }
  const id = String(entry?.nextVersion ?? 1);
  const added: StoredVersion = {
    id,
    createdAt: now,
    state: "enabled",
    ...storedValue(options.value),
  };
  return {
    createdAt: entry?.createdAt ?? now,
    updatedAt: now,
    nextVersion: Number(id) + 1,
    tags: options.tags ?? entry?.tags ?? {},
    // What was deleted before stays deleted, version by version.
    versions: [...(entry === undefined ? [] : singlyDeleted(entry)), added].slice(-maxVersions),
  };
}

/** The version that a reference means, readable or not. @throws VersionNotFoundError, … */
export function selectVersion(
  entry: StoredEntry,
  selector: VersionSelector | undefined,
): StoredVersion {
  switch (selector?.kind) {
    case undefined:
    case "latest":
      return entry.versions.at(-1) as StoredVersion;
    case "latestEnabled": {
      const versions = singlyDeleted(entry);
      const found = versions.findLast(({ state }) => state === "enabled");
      if (found !== undefined) return found;
      return (
        versions.findLast(({ state }) => state === "deleted") ?? (versions.at(-1) as StoredVersion)
      );
    }
    case "id": {
      const found = entry.versions.find(({ id }) => id === selector.id);
      if (found === undefined) throw createFailure("VersionNotFound");
      return found;
    }
    case "stage":
      throw localError(
        "Unsupported",
        "no-stages",
        "The embedded store has no version stages.",
        "Name a version by its id, such as @3.",
      );
  }
}

/** The version that a reference means. @throws DeletedError, DestroyedError, … */
export function readableVersion(
  entry: StoredEntry,
  selector: VersionSelector | undefined,
): StoredVersion {
  const version = selectVersion(entry, selector);
  if (version.state === "destroyed") throw createFailure("Destroyed");
  if (version.state === "deleted" || entry.deletedAt !== undefined) throw createFailure("Deleted");
  return version;
}

/** Soft-deletes the whole secret. @throws DeletedError, DestroyedError */
export function deleteAll(entry: StoredEntry, now: string): StoredEntry {
  if (entry.deletedAt !== undefined) throw createFailure("Deleted");
  if (entry.versions.every(({ state }) => state !== "enabled")) {
    throw createFailure(entryState(entry) === "destroyed" ? "Destroyed" : "Deleted");
  }
  return { ...entry, updatedAt: now, deletedAt: now };
}

/** Soft-deletes one version. @throws DeletedError, DestroyedError, VersionNotFoundError */
export function deleteVersion(
  entry: StoredEntry,
  selector: VersionSelector,
  now: string,
): StoredEntry {
  const { id } = readableVersion(entry, selector);
  return changeVersion(entry, id, now, (version) => ({
    ...version,
    state: "deleted",
    deletedAt: now,
  }));
}

/** Removes the data of one version for good; its id stays known. @throws VersionNotFoundError */
export function destroyVersion(
  entry: StoredEntry,
  selector: VersionSelector,
  now: string,
): StoredEntry {
  const { id } = selectVersion(entry, selector);
  return changeVersion(entry, id, now, ({ createdAt, deletedAt }) => ({
    id,
    createdAt,
    deletedAt,
    state: "destroyed",
  }));
}

/** Brings back what was soft-deleted: the whole secret, or one version. @throws DestroyedError */
export function undelete(
  entry: StoredEntry,
  selector: VersionSelector | undefined,
  now: string,
): StoredEntry {
  const whole = selector === undefined || selector.kind === "latest";
  const { id, state } = selectVersion(entry, selector);
  if (state === "destroyed") throw createFailure("Destroyed");
  const restore = (version: StoredVersion): StoredVersion => ({
    ...version,
    state: "enabled",
    deletedAt: undefined,
  });
  if (whole) {
    return changeVersion({ ...entry, deletedAt: undefined }, id, now, restore);
  }
  const single = { ...entry, deletedAt: undefined, versions: singlyDeleted(entry) };
  return changeVersion(single, id, now, restore);
}

/** The history for people, newest first. */
export function versionInfos(entry: StoredEntry): readonly VersionInfo[] {
  const current = entry.deletedAt === undefined ? entry.versions.at(-1)?.id : undefined;
  return singlyDeleted(entry)
    .map(({ id, state, createdAt, deletedAt }) => ({
      id,
      state,
      current: id === current && state === "enabled",
      createdAt: new Date(createdAt),
      ...(state === "deleted" && deletedAt !== undefined && { deletedAt: new Date(deletedAt) }),
      stages: [],
    }))
    .reverse();
}

/** The versions, with a delete of the whole secret marked on each of them. */
function singlyDeleted(entry: StoredEntry): readonly StoredVersion[] {
  const { deletedAt } = entry;
  if (deletedAt === undefined) return entry.versions;
  return entry.versions.map((version) =>
    version.state === "enabled" ? { ...version, state: "deleted", deletedAt } : version,
  );
}

function changeVersion(
  entry: StoredEntry,
  id: string,
  now: string,
  change: (version: StoredVersion) => StoredVersion,
): StoredEntry {
  return {
    ...entry,
    updatedAt: now,
    versions: entry.versions.map((version) => (version.id === id ? change(version) : version)),
  };
}

function createFailure(
  code: "AlreadyExists" | "Conflict" | "Deleted" | "Destroyed" | "VersionNotFound",
): Error {
  const { what, advice } = defaultMessages[code];
  return createSecretError(code, what, { advice });
}
