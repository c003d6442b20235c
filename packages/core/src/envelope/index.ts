export type { ByteSource } from "./byte-reader.js";
export { decryptStream } from "./decrypt-stream.js";
export { encryptStream } from "./encrypt-stream.js";
export { decryptFile, encryptFile, writeStreamAtomically } from "./files.js";
export type { EnvelopeFileResult } from "./files.js";
export type {
  DecryptEnvelopeOptions,
  EncryptEnvelopeOptions,
  EnvelopeFileOptions,
  EnvelopeOptions,
  EnvelopeProgress,
} from "./options.js";
export { decryptTransform, encryptTransform } from "./transforms.js";
