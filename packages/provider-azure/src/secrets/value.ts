import { parseJson, Secret, type SecretKind } from "@kinko/core";
import { azureError } from "../errors/azure-error.js";
import { maxBinaryBytes, maxStoredBytes } from "../limits.js";
import { decodeBase85, encodeBase85 } from "./base85.js";

/** A value as Key Vault keeps it: text, and what the text stands for. */
export interface StoredValue {
  readonly value: string;
  readonly contentType: string;
}

const textType = "text/plain";
const binaryType = "application/octet-stream";
const base64Type = `${binaryType}; encoding=base64`;

/**
 * The form of a secret. The content type belongs to each version, so every version keeps its kind:
 *
 * | kind | content type | value |
 * |---|---|---|
 * | text | `text/plain` | the text |
 * | JSON | `application/json` | canonical JSON |
 * | binary | `application/octet-stream; encoding=base64` | base64 |
 * | binary that would not fit so | `application/octet-stream; encoding=z85; padding=N` | base 85 |
 *
 * @throws TooLargeError before any request
 */
export function toStoredValue(secret: Secret): StoredValue {
  if (secret.kind === "binary") return toBinaryValue(secret);
  checkSize(secret.byteLength, maxStoredBytes, secret.kind);
  return {
    value: secret.text(),
    contentType: secret.kind === "json" ? "application/json" : textType,
  };
}

function toBinaryValue(secret: Secret): StoredValue {
  checkSize(secret.byteLength, maxBinaryBytes, "binary");
  const bytes = secret.bytes();
  try {
    const value = bytes.toString("base64");
    if (value.length <= maxStoredBytes) return { value, contentType: base64Type };
    const padding = (4 - (bytes.length % 4)) % 4;
    return {
      value: encodeBase85(bytes),
      contentType: `${binaryType}; encoding=z85; padding=${padding}`,
    };
  } finally {
    bytes.fill(0);
  }
}

function checkSize(bytes: number, limit: number, kind: SecretKind): void {
  if (bytes <= limit) return;
  throw azureError("TooLarge", `The ${kind} value has ${bytes} bytes; Key Vault takes ${limit}.`, {
    reason: "too-large-for-key-vault",
    advice: "Store a smaller value, or encrypt the data elsewhere and keep its key here.",
  });
}

/**
 * The secret of a stored value, also of one that another tool wrote: without a content type of the
 * table above it is text, and so is JSON that would not come back as it is.
 */
export function fromStoredValue(value: string, contentType: string | undefined): Secret {
  if (contentType === textType) return Secret.text(value);
  const type = (contentType ?? "").trim().toLowerCase();
  if (/^application\/json(?:;|$)/u.test(type)) {
    try {
      return Secret.json(parseJson(value));
    } catch {
      return Secret.text(value);
    }
  }
  const bytes = decodeBinary(value, type);
  if (bytes === undefined) return Secret.text(value);
  try {
    return Secret.binary(bytes);
  } finally {
    bytes.fill(0);
  }
}

/** Undefined for anything but what {@link toStoredValue} writes. */
function decodeBinary(value: string, type: string): Buffer | undefined {
  if (type === base64Type) {
    const bytes = Buffer.alloc(Math.ceil((value.length * 3) / 4));
    const exact = bytes.subarray(0, bytes.write(value, "base64"));
    return exact.toString("base64") === value ? exact : undefined;
  }
  const padding = /^application\/octet-stream; encoding=z85; padding=([0-3])$/u.exec(type)?.[1];
  return padding === undefined ? undefined : decodeBase85(value, Number(padding));
}
