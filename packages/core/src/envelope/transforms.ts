import { Duplex } from "node:stream";
import { decryptStream } from "./decrypt-stream.js";
import { encryptStream } from "./encrypt-stream.js";
import type { DecryptEnvelopeOptions, EncryptEnvelopeOptions } from "./options.js";

/** {@link encryptStream} as a Node stream, for `pipe` and `pipeline`. */
export function encryptTransform(options: EncryptEnvelopeOptions): Duplex {
  return Duplex.from((source: AsyncIterable<Uint8Array>) => encryptStream(source, options));
}

/** {@link decryptStream} as a Node stream; it fails when the end is not authentic. */
export function decryptTransform(options: DecryptEnvelopeOptions): Duplex {
  return Duplex.from((source: AsyncIterable<Uint8Array>) => decryptStream(source, options));
}
