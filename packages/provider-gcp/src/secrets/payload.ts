import { Secret, type SecretKind } from "@kinko/core";
import { gcpError } from "../errors/gcp-error.js";
import { maxPayloadBytes } from "../limits.js";

/** What a payload begins with when its bytes alone would be read as another kind. */
const marks: Readonly<Record<SecretKind, Buffer>> = {
  text: Buffer.from("kinko:text:"),
  json: Buffer.from("kinko:json:"),
  binary: Buffer.from("kinko:binary:"),
};

/**
 * The payload of a secret. Secret Manager keeps bytes and nothing beside them for each version, so
 * the bytes themselves have to tell the kind:
 *
 * | payload | kind |
 * |---|---|
 * | `kinko:text:`, `kinko:json:` or `kinko:binary:`, and the value | the one that is named |
 * | a JSON object | json |
 * | any other UTF-8 | text |
 * | anything else | binary |
 *
 * Only a value that these rules would take for another kind, and an empty one, which Secret Manager
 * refuses, carries a mark. The mark is not a label or an annotation: those belong to the secret, so
 * that they cannot tell one version from the next, and they take a request of their own.
 *
 * @throws TooLargeError before any request, when the mark is what makes it too long
 */
export function toPayload(secret: Secret): Buffer {
  const bytes = secret.bytes();
  if (bytes.length > 0 && kindOf(bytes) === secret.kind && !isMarked(bytes)) return bytes;
  const mark = marks[secret.kind];
  const length = mark.length + bytes.length;
  if (length > maxPayloadBytes) {
    bytes.fill(0);
    throw gcpError(
      "TooLarge",
      `The value takes ${length} bytes with the mark of its kind; ${maxPayloadBytes} fit.`,
      {
        reason: "encoded-too-large",
        advice: "Store a smaller value, or encrypt the data elsewhere and keep its key here.",
      },
    );
  }
  const payload = Buffer.alloc(length);
  payload.set(mark);
  payload.set(bytes, mark.length);
  bytes.fill(0);
  return payload;
}

/** The secret of a payload, also of one that another tool wrote. */
export function fromPayload(payload: Uint8Array): Secret {
  for (const kind of ["text", "json", "binary"] as const) {
    const mark = marks[kind];
    if (!startsWith(payload, mark)) continue;
    const secret = tryKind(payload.subarray(mark.length), kind);
    if (secret !== undefined) return secret;
  }
  return (
    (looksLikeObject(payload) ? tryKind(payload, "json") : undefined) ??
    tryKind(payload, "text") ??
    Secret.binary(payload)
  );
}

function kindOf(payload: Uint8Array): SecretKind {
  const secret = fromPayload(payload);
  const { kind } = secret;
  secret.dispose();
  return kind;
}

function isMarked(payload: Uint8Array): boolean {
  return Object.values(marks).some((mark) => startsWith(payload, mark));
}

function startsWith(payload: Uint8Array, mark: Uint8Array): boolean {
  return mark.every((byte, index) => payload[index] === byte);
}

/** Spares the parser nearly every text: an object of JSON begins and ends with a brace. */
function looksLikeObject(payload: Uint8Array): boolean {
  const isSpace = (byte: number | undefined): boolean =>
    byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  let start = 0;
  while (isSpace(payload[start])) start += 1;
  return payload[start] === 0x7b;
}

/** Undefined when the bytes are not of this kind, or JSON whose numbers would lose digits. */
function tryKind(bytes: Uint8Array, kind: SecretKind): Secret | undefined {
  try {
    return Secret.fromBytes(bytes, kind);
  } catch {
    // The value is not quoted anywhere: another kind is tried next.
    return undefined;
  }
}
