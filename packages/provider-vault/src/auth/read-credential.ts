import { vaultError } from "../errors/vault-error.js";

/** No credential is this long; something else would be read into memory. */
const maxFileBytes = 64 * 1024;

/**
 * Reads a credential from a file, without the white space around it. It is read anew each time: an
 * orchestrator replaces such files.
 *
 * @param option name of the option, for the message
 * @throws UnauthenticatedError, which quotes nothing of the file
 */
export async function readCredential(
  file: string,
  option: string,
  reason = "no-credentials",
): Promise<string> {
  const { open } = await import("node:fs/promises");
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) {
    throw vaultError("Unauthenticated", `The file of ${option} cannot be read.`, {
      reason,
      advice: "Check that it exists and that this user may read it.",
    });
  }
  try {
    const { size } = await handle.stat();
    const text = size > maxFileBytes ? "" : (await handle.readFile("utf8")).trim();
    if (text !== "") return text;
  } finally {
    await handle.close();
  }
  throw vaultError("Unauthenticated", `The file of ${option} holds no credential.`, {
    reason,
    advice: "Check that it is the right file, and that whoever writes it has done so.",
  });
}
