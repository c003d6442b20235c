import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Vault's development mode prints these two for a human to copy. */
const secretLine = /^(.*(?:unseal key|root token)[^:]*:).*$/i;

/** How far back the tail of a log is looked for, in bytes. */
const windowBytes = 16_384;

/**
 * The last lines of a server's log for an error message, with the secrets taken out that the server
 * printed (`Root Token`, `Unseal Key`) or that the caller names.
 */
export function logTail(path: string, secrets: readonly string[] = [], lines = 20): string {
  const text = readEnd(path).trimEnd().split("\n").slice(-lines).map(hideSecretLine).join("\n");
  return secrets
    .filter((secret) => secret !== "")
    .reduce((tail, secret) => tail.replaceAll(secret, "[hidden]"), text);
}

function hideSecretLine(line: string): string {
  return line.replace(secretLine, "$1 [hidden]");
}

function readEnd(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "(no log was written)";
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, windowBytes));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8", 0, read);
  } finally {
    closeSync(file);
  }
}
