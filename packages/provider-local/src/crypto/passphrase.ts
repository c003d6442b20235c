import { ownBytes } from "../document/document.js";
import { errnoOf, localError } from "../errors.js";
import { InsecureFileError, readCheckedFile } from "../file/read-file.js";
import type { LocalSettings } from "../settings.js";

const maxPassphraseBytes = 4096;

/**
 * The passphrase of the identity file: from `passphraseFile`, or from the variable that
 * `passphraseEnv` names. Never from the command line, which every user can see.
 * @throws UnauthenticatedError `passphrase-missing`, ConfigError `insecure-passphrase-file`
 */
export async function readPassphrase(settings: LocalSettings): Promise<Buffer> {
  if (settings.passphraseFile !== undefined) return readFile(settings.passphraseFile);
  const value = settings.env[settings.passphraseEnv];
  if (value !== undefined && value !== "") return ownBytes(value);
  throw localError(
    "Unauthenticated",
    "passphrase-missing",
    "The identity file is protected by a passphrase, and none is given.",
    `Set ${settings.passphraseEnv}, or name a passphraseFile.`,
  );
}

async function readFile(path: string): Promise<Buffer> {
  try {
    const { bytes } = await readCheckedFile(path, "private", maxPassphraseBytes);
    let end = bytes.byteLength;
    if (bytes[end - 1] === 0x0a) end -= 1;
    if (bytes[end - 1] === 0x0d) end -= 1;
    return bytes.subarray(0, end);
  } catch (error) {
    if (error instanceof InsecureFileError) {
      throw localError(
        "Config",
        "insecure-passphrase-file",
        `The passphrase is not safe: ${error.problem.what}`,
        error.problem.advice,
      );
    }
    const errno = errnoOf(error);
    if (errno !== "ENOENT" && errno !== "EACCES") throw error;
    throw localError(
      "Unauthenticated",
      "passphrase-missing",
      `The passphrase file ${path} cannot be read.`,
      "Check that it exists and belongs to this user.",
    );
  }
}
