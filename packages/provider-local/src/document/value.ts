import { Secret, type JsonValue, type SecretKind } from "@kinko/core";
import { corruptDocument, type StoredVersion } from "./entry.js";

/** A value as the document holds it: text as text, JSON as JSON, binary as base64. */
export function storedValue(value: Secret): {
  readonly kind: SecretKind;
  readonly value: JsonValue;
} {
  switch (value.kind) {
    case "text":
      return { kind: "text", value: value.text() };
    case "json":
      return { kind: "json", value: value.json() };
    case "binary": {
      const bytes = value.bytes();
      const encoded = bytes.toString("base64");
      bytes.fill(0);
      return { kind: "binary", value: encoded };
    }
  }
}

/** The value of a version that can be read. @throws CorruptError */
export function secretOf(version: StoredVersion): Secret {
  const { kind, value } = version;
  try {
    if (kind === "json") return Secret.json(value);
    if (typeof value !== "string") throw corruptDocument();
    return kind === "text" ? Secret.text(value) : fromBase64(value);
  } catch {
    throw corruptDocument();
  }
}

function fromBase64(text: string): Secret {
  const bytes = Buffer.alloc(Buffer.byteLength(text, "base64"));
  const length = bytes.write(text, "base64");
  // Node reads over what is not base64, so only what encodes to the same text is whole.
  if (length !== bytes.byteLength || bytes.toString("base64") !== text) throw corruptDocument();
  const secret = Secret.binary(bytes);
  bytes.fill(0);
  return secret;
}

/** Replaces fields of a JSON object; null removes one. Undefined when the value has no fields. */
export function mergeFields(
  version: StoredVersion,
  fields: ReadonlyMap<string, unknown>,
): Secret | undefined {
  const { kind, value } = version;
  if (kind !== "json" || typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const merged = new Map<string, unknown>(Object.entries(value));
  for (const [name, field] of fields) {
    if (field === null) merged.delete(name);
    else merged.set(name, field);
  }
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, field] of merged) object[name] = field;

  return Secret.json(object);
}
