import { errnoOf, localError } from "../errors.js";
import { InsecureFileError, readCheckedFile } from "../file/read-file.js";
import type { LocalSettings } from "../settings.js";
import { ageFileKind } from "./age-format.js";
import type { KeyPair } from "./age.js";
import { readPassphrase } from "./passphrase.js";

/** The variable that can hold an identity itself, for build servers without a home. */
export const identityVariable = "KINKO_IDENTITY";

const maxIdentityBytes = 64 * 1024;

/**
 * Loads the keys of the user: from `KINKO_IDENTITY`, or from the identity file, which may be
 * protected by a passphrase. Format as of age-keygen: lines with `AGE-SECRET-KEY-1…`, comments
 * after `#`.
 *
 * @throws UnauthenticatedError `identity-missing`, `identity-unreadable`, `passphrase-missing` or
 * `wrong-passphrase`; ConfigError `insecure-identity` or `invalid-identity`.
 */
export async function loadKeys(settings: LocalSettings): Promise<readonly KeyPair[]> {
  const inline = settings.env[identityVariable];
  if (inline !== undefined && inline !== "") {
    return parseIdentities(inline, `The variable ${identityVariable}`);
  }
  const file = settings.identityFile;
  const bytes = await readIdentityFile(file);
  try {
    const kind = ageFileKind(bytes);
    if (kind !== "age-passphrase" && kind !== "age-armored") {
      return await parseIdentities(bytes.toString("utf8"), file);
    }
    const opened = await openIdentity(bytes, settings);
    try {
      return await parseIdentities(opened.toString("utf8"), file);
    } finally {
      opened.fill(0);
    }
  } finally {
    bytes.fill(0);
  }
}

/** Reads the identity file as it is. @throws UnauthenticatedError, ConfigError */
export async function readIdentityFile(file: string): Promise<Buffer> {
  try {
    return (await readCheckedFile(file, "private", maxIdentityBytes)).bytes;
  } catch (error) {
    if (error instanceof InsecureFileError) {
      throw localError(
        "Config",
        "insecure-identity",
        `The identity is not safe: ${error.problem.what}`,
        error.problem.advice,
      );
    }
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") {
      throw localError(
        "Unauthenticated",
        "identity-missing",
        `There is no identity file ${file}.`,
        `Set identity (or ${identityVariable}) to yours, or copy it there; kinko init makes one for a new store only.`,
      );
    }
    if (errno === "EACCES" || errno === "EPERM") {
      throw localError(
        "Unauthenticated",
        "identity-unreadable",
        `The identity file ${file} cannot be read by this user.`,
        "Run as its owner, or name an identity file of your own.",
      );
    }
    throw error;
  }
}

async function openIdentity(bytes: Buffer, settings: LocalSettings): Promise<Buffer> {
  const passphrase = await readPassphrase(settings);
  try {
    const { decryptWithPassphrase } = await import("./age.js");
    const opened = await decryptWithPassphrase(passphrase, bytes);
    if (opened === "no-match") {
      throw localError(
        "Unauthenticated",
        "wrong-passphrase",
        "The passphrase does not open the identity file.",
        `Check ${settings.passphraseFile ?? settings.passphraseEnv}.`,
      );
    }
    if (opened === "damaged") throw invalidIdentity(settings.identityFile);
    return opened;
  } finally {
    passphrase.fill(0);
  }
}

async function parseIdentities(text: string, source: string): Promise<readonly KeyPair[]> {
  const { importIdentity } = await import("./age.js");
  const keys: KeyPair[] = [];
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const key = await importIdentity(trimmed);
    if (key === undefined) throw invalidIdentity(source);
    keys.push(key);
  }
  if (keys.length === 0) throw invalidIdentity(source);
  return keys;
}

function invalidIdentity(source: string): ReturnType<typeof localError> {
  return localError(
    "Config",
    "invalid-identity",
    `${source} does not hold an X25519 age identity.`,
    "Create one with kinko init or age-keygen; it begins with AGE-SECRET-KEY-1.",
  );
}
