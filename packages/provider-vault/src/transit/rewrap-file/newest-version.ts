import type { FileHandle } from "node:fs/promises";
import type { EncryptionCapability } from "@kinko/core";
import type { RewrapFileOptions } from "../types.js";
import { readLineBatches } from "./read-lines.js";
import { isOfTheLine } from "./rewrap-batch.js";

/** As few as tell it, and some more for lines that are bad. */
const limits = { lines: 10, bytes: 64 * 1024 };

/**
 * Whether what an earlier run has made is of an older version of the key than the newest: it may
 * have been rotated between that run and this one. One ciphertext is rewrapped to see it.
 *
 * @param made lines by their version, as the journal counts them
 */
export async function isOutdated(
  encryption: Pick<EncryptionCapability, "rewrapMany">,
  { key, context, associatedData, signal }: RewrapFileOptions,
  handle: FileHandle,
  made: Readonly<Record<string, number>>,
): Promise<boolean> {
  const versions = Object.keys(made);
  if (versions.length !== 1) return versions.length > 1;
  const prefix = `vault:v${versions[0]}:`;
  for await (const { lines } of readLineBatches(handle, { offset: 0, line: 1 }, limits)) {
    const items = lines
      .filter((line) => line.startsWith(prefix))
      .map((ciphertext) => ({ ciphertext, context, associatedData }));
    if (items.length === 0) continue;
    for (const outcome of await encryption.rewrapMany(key, items, { signal })) {
      if ("value" in outcome) return !outcome.value.startsWith(prefix);
      if (!isOfTheLine(outcome.error)) throw outcome.error;
    }
  }
  return false;
}
