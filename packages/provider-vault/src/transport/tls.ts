import { vaultError } from "../errors/vault-error.js";

/** Where the certificates are; paths are absolute. */
export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly ca?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
}

/** What a TLS connection needs, in the words of node:tls. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/**
 * Reads the certificates.
 * @throws ConfigError naming the option whose file cannot be read
 */
export async function loadTlsMaterial(files: TlsFiles): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all([
    files.ca ?? readPem(files.caFile, "tls.caFile"),
    readPem(files.certFile, "tls.certFile"),
    readPem(files.keyFile, "tls.keyFile"),
  ]);
  return {
    ...(ca === undefined
      ? {}
      : { ca: checkPem(ca, files.ca === undefined ? "tls.caFile" : "tls.ca") }),
    ...(cert === undefined ? {} : { cert: checkPem(cert, "tls.certFile") }),
    ...(key === undefined ? {} : { key: checkPem(key, "tls.keyFile") }),
    ...(files.serverName === undefined ? {} : { servername: files.serverName }),
  };
}

async function readPem(file: string | undefined, option: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(file, "utf8");
  } catch {
    throw vaultError("Config", `The file of ${option} cannot be read.`, {
      reason: "tls-file-unreadable",
      advice: "Check that it exists and that this user may read it.",
    });
  }
}

/** Node takes text without a certificate in it as "trust nobody", which would mislead. */
function checkPem(text: string, option: string): string {
  if (text.includes("-----BEGIN ")) return text;
  throw vaultError("Config", `What ${option} gives is not in PEM form.`, {
    reason: "tls-file-not-pem",
    advice: "It must have a line that starts with -----BEGIN.",
  });
}
