import { Secret } from "@kinko/core";
import { isObject, type JsonObject } from "../client/answer.js";

/** Field of a KV map that says what the map stands for, where that is not plain from the map. */
export const kindField = "kinko_kind";

/** Field that holds a single value; other tools use the same. */
export const valueField = "value";

/**
 * The KV map of a secret. A KV secret is a map, so:
 *
 * | secret | map |
 * |---|---|
 * | text | `{ value: "…" }` |
 * | JSON object | the object itself |
 * | binary | `{ kinko_kind: "binary", value: "<base64>" }` |
 * | JSON array or scalar, and an object that would be read as one of the others | `{ kinko_kind: "json", value: … }` |
 *
 * The mark is inside the data and not in custom metadata: metadata belongs to all versions at once,
 * is written by a second request that can fail by itself, and needs a right that least-privilege
 * writers do not have. Plain text and plain objects carry no mark at all.
 */
export function toKvMap(secret: Secret): JsonObject {
  switch (secret.kind) {
    case "text":
      return { [valueField]: secret.text() };
    case "binary": {
      const bytes = secret.bytes();
      try {
        return { [kindField]: "binary", [valueField]: bytes.toString("base64") };
      } finally {
        bytes.fill(0);
      }
    }
    case "json": {
      const value = secret.json();
      return isObject(value) && readsAsItself(value)
        ? value
        : { [kindField]: "json", [valueField]: value };
    }
  }
}

/**
 * The secret of a KV map, also of one that another tool wrote: `{ value: "…" }` is text, and a map
 * without a mark, or with one that is not this package's, is a JSON object.
 *
 * @throws InvalidValueError for numbers that would lose digits
 */
export function fromKvMap(map: JsonObject): Secret {
  const value = Object.hasOwn(map, valueField) ? map[valueField] : undefined;
  const size = Object.keys(map).length;
  if (size === 1 && typeof value === "string") return Secret.text(value);
  if (size === 2 && value !== undefined && Object.hasOwn(map, kindField)) {
    const kind = map[kindField];
    if (kind === "json") return Secret.json(value);
    if (kind === "binary" && typeof value === "string") {
      const bytes = decodeBase64(value);
      if (bytes !== undefined) return bytes;
    }
  }
  return Secret.json(map);
}

/** Whether {@link fromKvMap} gives the object back as it is. KV v1 refuses an empty map. */
function readsAsItself(map: JsonObject): boolean {
  const names = Object.keys(map);
  if (names.length === 0 || Object.hasOwn(map, kindField)) return false;
  return !(names.length === 1 && typeof map[valueField] === "string");
}

/** Undefined for anything that is not exactly what {@link toKvMap} writes. */
function decodeBase64(text: string): Secret | undefined {
  const bytes = Buffer.alloc(Math.ceil((text.length * 3) / 4));
  const length = bytes.write(text, "base64");
  const exact = bytes.subarray(0, length);
  try {
    return exact.toString("base64") === text ? Secret.binary(exact) : undefined;
  } finally {
    bytes.fill(0);
  }
}
