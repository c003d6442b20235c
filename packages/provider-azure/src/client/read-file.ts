import { azureError } from "../errors/azure-error.js";

/** No certificate, secret or token is this long; something else would be read into memory. */
const maxFileBytes = 1024 * 1024;

/**
 * Reads a small text file that an option names.
 * @throws ConfigError naming the option
 */
export async function readOptionFile(file: string, option: string): Promise<string> {
  const { open } = await import("node:fs/promises");
  const fail = (): Error =>
    azureError("Config", `The file of ${option} cannot be read.`, {
      reason: "file-unreadable",
      advice: "Check that it exists, that this user may read it, and that it is the right one.",
    });
  const handle = await open(file, "r").catch(() => {
    throw fail();
  });
  try {
    const { size } = await handle.stat();
    if (size > maxFileBytes) throw fail();
    return await handle.readFile("utf8");
  } catch {
    throw fail();
  } finally {
    await handle.close();
  }
}

/** The authority to trust. Node takes text without a certificate as "trust nobody". */
export async function readCertificateAuthority(settings: {
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
}): Promise<string | undefined> {
  const { ca, caFile } = settings;
  const option = ca === undefined ? "tls.caFile" : "tls.ca";
  const text = ca ?? (caFile === undefined ? undefined : await readOptionFile(caFile, option));
  if (text === undefined || text.includes("-----BEGIN ")) return text;
  throw azureError("Config", `What ${option} gives is not in PEM form.`, {
    reason: "tls-file-not-pem",
    advice: "It must have a line that starts with -----BEGIN.",
  });
}
