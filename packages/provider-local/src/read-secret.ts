import { defaultMessages, NotFoundError, type ProviderSecret, type SecretRef } from "@kinko/core";
import type { StoreDocument } from "./document/document.js";
import type { StoredEntry } from "./document/entry.js";
import { readableVersion } from "./document/history.js";
import { secretOf } from "./document/value.js";
import { keyOf } from "./names.js";

/** The entry, which has to exist. @throws NotFoundError */
export function existing(entry: StoredEntry | undefined): StoredEntry {
  if (entry !== undefined) return entry;
  const { what, advice } = defaultMessages.NotFound;
  throw new NotFoundError(what, { advice });
}

/** Reads one version of a secret out of a document. */
export function readSecret(document: StoreDocument, ref: SecretRef): ProviderSecret {
  const entry = existing(document.entry(keyOf(ref.path)));
  const version = readableVersion(entry, ref.version);
  return {
    value: secretOf(version),
    version: version.id,
    createdAt: new Date(version.createdAt),
    tags: entry.tags,
  };
}
