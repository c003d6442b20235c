import { parseJson, Secret, type SecretKind } from "@kinko/core";
import { awsError } from "../errors/aws-error.js";
import { parseVersionId } from "./version-id.js";

/** A value as AWS takes it: exactly one of the two. */
export type NativeValue =
  | { readonly SecretString: string; readonly SecretBinary?: undefined }
  | { readonly SecretBinary: Uint8Array; readonly SecretString?: undefined };

/** A secret as AWS keeps it, and what its version's id has to say. */
export interface EncodedSecret {
  readonly native: NativeValue;
  readonly kind: SecretKind;
  readonly empty: boolean;
}

const emptyText = "(empty)";
const emptyBinary = Uint8Array.of(0);

/** Text and JSON as SecretString, binary as SecretBinary, none with anything added. */
export function encodeSecret(secret: Secret): EncodedSecret {
  const { kind } = secret;
  const empty = secret.byteLength === 0;
  const native: NativeValue =
    kind === "binary"
      ? { SecretBinary: empty ? emptyBinary : secret.bytes() }
      : { SecretString: empty ? emptyText : secret.text() };
  return { native, kind, empty };
}

/** Zeroes the copy that was made for a request; strings cannot be. */
export function eraseEncoded({ native, empty }: EncodedSecret): void {
  if (!empty) native.SecretBinary?.fill(0);
}

/** What AWS answers of a value. */
export interface NativeSecret {
  readonly VersionId?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/**
 * The secret of an answer. Without this package's mark, as other tools write, SecretBinary is binary,
 * a SecretString that is a JSON object is JSON (the key/value pairs of AWS's console and rotations),
 * and every other SecretString is text.
 */
export function decodeSecret(answer: NativeSecret): Secret {
  const { SecretString: text, SecretBinary: bytes } = answer;
  const mark = parseVersionId(answer.VersionId ?? "");
  if (bytes !== undefined) {
    const secret =
      mark?.kind === "binary" && mark.empty
        ? Secret.binary(new Uint8Array(0))
        : Secret.binary(bytes);
    bytes.fill(0);
    return secret;
  }
  if (text === undefined) {
    throw awsError("Corrupt", "AWS answered without a value.", {
      reason: "no-value",
      advice: "Look at the secret in AWS; write a new version when it has none.",
    });
  }
  if (mark?.kind === "text") return Secret.text(mark.empty ? "" : text);
  if (mark?.kind === "json") return Secret.json(parseJson(text));
  return jsonObject(text) ?? Secret.text(text);
}

function jsonObject(text: string): Secret | undefined {
  if (!/^\s*\{/u.test(text)) return undefined;
  try {
    return Secret.json(parseJson(text));
  } catch {
    // Not JSON, or not without losing digits: then it is text, of which nothing is lost.
    return undefined;
  }
}
