import type { FileHandle } from "node:fs/promises";
import { vaultError } from "../../errors/vault-error.js";
import type { TransitPlace } from "../errors.js";

/** Writes all of it; one call of the system may write less. */
export async function writeWhole(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.byteLength - written,
      position + written,
    );
    written += bytesWritten;
  }
}

/** A failure of the file system, or an abort, as a SecretError without the file's name. */
export function fileFailure(error: unknown, place: TransitPlace): Error {
  if (error instanceof Error && error.name === "AbortError") {
    return vaultError("Aborted", "The rewrapping was cancelled; it can be resumed.", {
      ...place,
      advice: "Call it again to go on.",
    });
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown";
  return vaultError("InvalidValue", `A file cannot be read or written (${code}).`, {
    ...place,
    reason: "file-failed",
    field: "file",
    advice: "Check paths, permissions and free space, then call it again to go on.",
  });
}
