import { TooLargeError, type Secret } from "@kinko/core";

/**
 * Largest value in bytes, the limit of Vault's integrated storage as well. A commit rewrites the
 * file with up to `maxVersions` versions of each value.
 */
export const maxValueBytes = 1024 * 1024;

/** @throws TooLargeError */
export function checkSize(value: Secret): void {
  if (value.byteLength <= maxValueBytes) return;
  throw new TooLargeError(
    `The value has ${value.byteLength} bytes; the embedded store accepts ${maxValueBytes}.`,
    { advice: "Store a smaller value, or encrypt the data elsewhere and keep its key here." },
  );
}
