import { ageFileKind } from "../crypto/age-format.js";
import type { Keyring } from "../crypto/keyring.js";
import { StoreDocument } from "../document/document.js";
import { errnoOf, localError } from "../errors.js";
import {
  InsecureFileError,
  readFileIfChanged,
  type CheckedFile,
  type ReadOptions,
} from "../file/read-file.js";

/** A store of 256 MiB takes several seconds for each write, so a larger one is a mistake. */
export const maxStoreBytes = 256 * 1024 * 1024;

/** A decrypted store with the stamp of the file that it came from. */
export interface OpenedDocument {
  readonly document: StoreDocument;
  readonly stamp: CheckedFile["stamp"];
}

/**
 * Reads, checks and decrypts a store file; undefined when it still has the stamp of `unless`.
 *
 * @throws UninitializedError `store-missing`, ConfigError `insecure-store`, `foreign-store-file` or
 * `newer-format`, UnauthenticatedError `wrong-key`, CorruptError `corrupt-store`,
 * PermissionDeniedError `store-unreadable`
 */
export async function openDocument(
  path: string,
  keyring: Keyring,
  options: Pick<ReadOptions, "unless" | "checkParents"> = {},
): Promise<OpenedDocument | undefined> {
  const file = await readStoreFile(path, options);
  if (file === undefined) return undefined;
  const kind = ageFileKind(file.bytes);
  if (kind === "damaged-age") throw corruptStore(path);
  if (kind !== "age") throw foreignStore(path, kind === "newer-age");
  const plaintext = await keyring.decrypt(file.bytes);
  if (plaintext === "damaged") throw corruptStore(path);
  if (plaintext === "no-match") throw wrongKey(path);
  try {
    return { document: StoreDocument.parse(plaintext), stamp: file.stamp };
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
}

/** What a failure to open the store file means. */
function storeFileError(path: string, error: unknown): unknown {
  if (error instanceof InsecureFileError) {
    return localError(
      "Config",
      "insecure-store",
      `The store is not safe: ${error.problem.what}`,
      error.problem.advice,
    );
  }
  switch (errnoOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return localError(
        "Uninitialized",
        "store-missing",
        `There is no store file ${path}.`,
        "Run kinko init to create it, or set `file` to where it is.",
      );
    case "EACCES":
    case "EPERM":
      return localError(
        "PermissionDenied",
        "store-unreadable",
        `The store file ${path} cannot be read by this user.`,
        "Run as its owner, or give this user read access to the file and its folder.",
      );
    default:
      return error;
  }
}

/** Reads the store file as it is. @throws UninitializedError, ConfigError, PermissionDeniedError */
export async function readStoreFile(
  path: string,
  options: Pick<ReadOptions, "unless" | "checkParents"> = {},
): Promise<CheckedFile | undefined> {
  try {
    return await readFileIfChanged(path, { ...options, role: "public", maxBytes: maxStoreBytes });
  } catch (error) {
    throw storeFileError(path, error);
  }
}

function wrongKey(path: string): ReturnType<typeof localError> {
  return localError(
    "Unauthenticated",
    "wrong-key",
    `The identity does not open the store ${path}.`,
    "Use an identity that is among its recipients; if yours is, the head of the file is damaged.",
  );
}

function corruptStore(path: string): ReturnType<typeof localError> {
  return localError(
    "Corrupt",
    "corrupt-store",
    `The store ${path} is damaged or cut off.`,
    "Restore it from a backup; nothing was changed.",
  );
}

function foreignStore(path: string, newer: boolean): ReturnType<typeof localError> {
  return localError(
    "Config",
    "foreign-store-file",
    newer
      ? `The file ${path} has a newer age format than this version of Kinko reads.`
      : `The file ${path} is not a Kinko store.`,
    newer
      ? "Update @kinko/provider-local; the file was not changed."
      : "Point `file` at a store, or run kinko init with another file name.",
  );
}
