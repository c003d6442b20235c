import { vaultError } from "../errors/vault-error.js";
import { versionNotFound } from "./kv-errors.js";
import type { KvMetadata, KvVersion } from "./metadata.js";

const pattern = /^[1-9]\d{0,14}$/u;

/**
 * The number of a version id. Vault takes 0 for "the newest", which no id may mean.
 * @throws VersionNotFoundError for an id that no version of Vault can have
 */
export function parseVersionNumber(id: string): number {
  if (!pattern.test(id)) throw versionNotFound();
  return Number(id);
}

/** The number for a check-and-set write, 0 for `absent`. @throws ConflictError as for every version that is not the newest */
export function parseExpectedNumber(id: string): number {
  if (id === "absent") return 0;
  if (pattern.test(id)) return Number(id);
  throw vaultError(
    "Conflict",
    "The secret is not at the version that you expected: Vault's versions are numbers.",
    {
      reason: "version-mismatch",
      advice: "Read it again, and repeat the change on the newest version.",
    },
  );
}

/** The newest version that can be read. */
export function newestReadable(metadata: KvMetadata | undefined): KvVersion | undefined {
  return metadata?.versions.find(({ state }) => state === "enabled");
}
