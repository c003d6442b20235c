import { createHash, randomBytes } from "node:crypto";
import { CorruptError, Secret, type EncryptionCapability } from "@kinko/core";

/** A backend in memory that makes and opens data keys, and nothing else. */
export function fakeEncryption(
  fixedKey?: Buffer,
): Pick<EncryptionCapability, "dataKey" | "decrypt"> & { readonly made: Secret[] } {
  const keys = new Map<string, Buffer>();
  const made: Secret[] = [];
  const bind = (key: string, context: Uint8Array | undefined, id: string): string =>
    `fake:${createHash("sha256")
      .update(`${key}/`)
      .update(context ?? "")
      .update(id)
      .digest("hex")}`;
  return {
    made,
    async dataKey(key, { context } = {}) {
      const bytes = fixedKey ?? randomBytes(32);
      const wrapped = bind(key, context, bytes.toString("hex"));
      keys.set(wrapped, bytes);
      const plaintext = Secret.binary(bytes);
      made.push(plaintext);
      return { wrapped, plaintext };
    },
    async decrypt(key, wrapped, { context } = {}) {
      const bytes = keys.get(wrapped) ?? fixedKey;
      if (bytes === undefined || bind(key, context, bytes.toString("hex")) !== wrapped) {
        throw new CorruptError("The ciphertext does not open.", {
          reason: "not-authentic",
          field: "ciphertext",
          advice: "Check the key.",
        });
      }
      const plaintext = Secret.binary(bytes);
      made.push(plaintext);
      return plaintext;
    },
  };
}

/** Everything that comes. */
export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

/** What came until it failed, and the failure. */
export async function collectUntilFailure(
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: Buffer; readonly error: unknown }> {
  const all: Buffer[] = [];
  try {
    for await (const piece of pieces) all.push(Buffer.from(piece));
    return { bytes: Buffer.concat(all), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(all), error };
  }
}

/** The bytes in pieces that end at these places. */
export function* split(bytes: Buffer, places: readonly number[]): Generator<Buffer> {
  let start = 0;
  for (const place of [...places.map((at) => at % (bytes.byteLength + 1)), bytes.byteLength].sort(
    (left, right) => left - right,
  )) {
    yield bytes.subarray(start, place);
    start = place;
  }
}
