import type { Message } from "./model.js";

/** Fields that hold maps of a user's own names, which must not be taken for fields. */
const maps = new Set(["labels", "annotations", "versionAliases", "tags", "metadata"]);
const durations = new Set(["ttl", "versionDestroyTtl", "rotationPeriod"]);

/** An object as `@grpc/proto-loader` gives it, in the JSON form of its proto. */
export function fromGrpc(message: object): Message {
  return convert(message, (key, value) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    if (key === "updateMask")
      return (value as { readonly paths?: readonly string[] }).paths?.join(",");
    // Zero is not sent.
    const { seconds = 0, nanos = 0 } = value as Readonly<Record<string, unknown>>;
    if (durations.has(key)) return `${Number(seconds) + Number(nanos) / 1e9}s`;
    if (key.endsWith("Time")) {
      return new Date(Number(seconds) * 1_000 + Number(nanos) / 1e6).toISOString();
    }
    return undefined;
  });
}

/** The JSON form of a proto as `@grpc/proto-loader` wants it. */
export function toGrpc(message: Message): Message {
  return convert(message, (key, value) => {
    if (typeof value !== "string") return undefined;
    if (key === "data") return Buffer.from(value, "base64");
    if (durations.has(key)) return timeParts(Number(value.slice(0, -1)) * 1_000);
    return key.endsWith("Time") ? timeParts(Date.parse(value)) : undefined;
  });
}

function timeParts(timeMs: number): { readonly seconds: string; readonly nanos: number } {
  const seconds = Math.floor(timeMs / 1_000);
  return { seconds: String(seconds), nanos: Math.round((timeMs - seconds * 1_000) * 1e6) };
}

/** Rebuilds an object; `special` says what becomes of a value, or undefined for the usual. */
function convert(message: object, special: (key: string, value: unknown) => unknown): Message {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(message)) {
    if (value === null || value === undefined) continue;
    result[key] = maps.has(key) ? value : convertValue(key, value, special);
  }
  return result;
}

function convertValue(
  key: string,
  value: unknown,
  special: (key: string, value: unknown) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item) => convertValue("", item, special));
  const isObject = typeof value === "object" && value !== null;
  const changed = isObject || typeof value === "string" ? special(key, value) : undefined;
  if (changed !== undefined) return changed;
  return isObject ? convert(value, special) : value;
}

const states = ["STATE_UNSPECIFIED", "ENABLED", "DISABLED", "DESTROYED"];

/** Enums as numbers, which clients ask for over REST with `enum-encoding=int`. */
export function withNumericEnums(message: Message): Message {
  const versions = message["versions"];
  return {
    ...message,
    ...(typeof message["state"] === "string" ? { state: states.indexOf(message["state"]) } : {}),
    ...(Array.isArray(versions)
      ? { versions: versions.map((version) => withNumericEnums(version as Message)) }
      : {}),
  };
}
