import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeAtomically } from "../envelope/atomic-file.js";
import { ConfigError, createSecretError } from "../errors/classes.js";
import type { CacheFallback } from "../resilience/cache-fallback.js";
import { decodeSaved, encodeSaved } from "./encode-saved.js";
import { keyBytes, seal, unseal } from "./seal.js";

/** Where and under which key values are kept. */
export interface FileFallbackOptions {
  /**
   * Folder of this user alone; it is made with mode 0700. One file for each store; processes that
   * run beside each other need a folder each, since the last one to save would win.
   */
  readonly directory: string;
  /**
   * 32 random bytes, which must not lie beside the files: a key of a KMS, of a TPM, or of the
   * orchestrator. A function is asked at each use.
   */
  readonly key: Uint8Array | (() => Uint8Array | Promise<Uint8Array>);
}

/** A file larger than this is not Kinko's work, in bytes. */
const maxFileBytes = 1024 * 1024 * 1024;

/**
 * Keeps what a cache holds in a file, for a restart during an outage: sealed by AES-256-GCM, mode
 * 0600, replaced as a whole. What was changed, sealed under another key, or for another store is
 * refused. Who can write the folder can put an older file back; how old a value may be is still
 * held by the time in it.
 *
 * @throws ConfigError for a key that is none
 * @example
 * const fallback = createFileFallback({ directory: "/var/lib/app/cache", key });
 * const store = await openStore({ resilience: { cache: { fallback } } });
 */
export function createFileFallback(options: FileFallbackOptions): CacheFallback {
  const { key } = options;
  const directory = resolve(options.directory);
  if (typeof key !== "function") checkKey(key);
  const own = typeof key === "function" ? key : (): Uint8Array => key;
  const fileOf = (store: string): string =>
    join(directory, `${createHash("sha256").update(store).digest("hex").slice(0, 24)}.cache`);
  return {
    async load(store) {
      const sealed = await readPrivate(directory, fileOf(store));
      if (sealed === undefined) return [];
      const plain = unseal(sealed, checkKey(await own()), store);
      try {
        const secrets = plain === undefined ? undefined : decodeSaved(plain);
        if (secrets === undefined) throw notAuthentic();
        return secrets;
      } finally {
        plain?.fill(0);
      }
    },
    async save(store, secrets) {
      await prepare(directory);
      const plain = encodeSaved(secrets);
      try {
        const sealed = seal(plain, checkKey(await own()), store);
        await writeAtomically(fileOf(store), piecesOf(sealed));
      } finally {
        plain.fill(0);
        for (const { bytes } of secrets) bytes.fill(0);
      }
    },
  };
}

async function* piecesOf(sealed: Buffer): AsyncGenerator<Buffer> {
  yield sealed;
}

/** @throws ConfigError when others could read or change what is in it */
async function prepare(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await lstat(directory);
  if (!found.isDirectory()) throw unusable("The folder of the saved cache is not a folder.");
  checkOwner(found, "The folder of the saved cache");
}

/** Undefined when there is none. @throws ConfigError for a file that others could have written */
async function readPrivate(directory: string, file: string): Promise<Buffer | undefined> {
  const folder = await lstat(directory).catch(absent);
  if (folder === undefined) return undefined;
  checkOwner(folder, "The folder of the saved cache");
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(absent);
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > maxFileBytes) throw notAuthentic();
    checkOwner(found, "The saved cache");
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function absent(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return undefined;
  if (code === "ELOOP") throw notAuthentic();
  throw error;
}

function checkOwner(
  { uid, mode }: { readonly uid: number; readonly mode: number },
  what: string,
): void {
  if (process.platform === "win32") return;
  if (uid !== process.getuid?.()) throw unusable(`${what} belongs to somebody else.`);
  if ((mode & 0o077) !== 0) throw unusable(`${what} is open to others.`);
}

function checkKey(key: unknown): Uint8Array {
  if (key instanceof Uint8Array && key.byteLength === keyBytes) return key;
  throw new ConfigError(`The key of the saved cache is not ${keyBytes} bytes.`, {
    operation: "open",
    reason: "bad-fallback-key",
    field: "key",
    advice: "Make one with randomBytes(32), and keep it away from the files.",
  });
}

function unusable(what: string): ConfigError {
  return new ConfigError(what, {
    operation: "open",
    reason: "fallback-not-private",
    field: "directory",
    advice: "Name a folder of the same user with mode 0700, or one that does not exist yet.",
  });
}

function notAuthentic(): Error {
  return createSecretError(
    "Corrupt",
    "The saved cache was changed, or sealed under another key or for another store.",
    {
      operation: "get",
      reason: "fallback-not-authentic",
      advice: "Find out who can write there; it is replaced by the next save.",
    },
  );
}
