import { InvalidValueError } from "../errors/classes.js";

/** Any value that JSON can carry without loss. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const maxDepth = 200;

/**
 * Serialises a value to canonical JSON: no white space, object keys sorted by UTF-16 code units,
 * as RFC 8785 lays down. One value has one form, so a secret that travels through a server that
 * reorders keys comes back byte for byte.
 *
 * @throws InvalidValueError for what JSON would drop or change: `undefined`, functions, symbols,
 * bigints, NaN, infinities, integers beyond 2^53, class instances, cycles, lone surrogates.
 */
export function toCanonicalJson(value: unknown): string {
  return serialise(value, 0);
}

function serialise(value: unknown, depth: number): string {
  if (depth > maxDepth) throw invalid("is nested too deeply or refers to itself");
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw invalid("has text that is not valid Unicode");
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "number":
      checkNumber(value);
      return JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) {
        return `[${Array.from(value, (item) => serialise(item, depth + 1)).join(",")}]`;
      }
      return serialiseObject(value, depth);
    default:
      throw invalid(`has a part of type ${typeof value}`);
  }
}

function serialiseObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalid("has an instance of a class in it");
  }
  const members = Object.keys(value)
    .sort(compareCodeUnits)
    .map(
      (key) =>
        `${serialise(key, depth)}:${serialise((value as Record<string, unknown>)[key], depth + 1)}`,
    );
  return `{${members.join(",")}}`;
}

function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function checkNumber(value: number): void {
  if (!Number.isFinite(value)) throw invalid("has a number that is not finite");
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw invalid("has an integer beyond 2^53, which would lose digits (store it as a string)");
  }
}

/**
 * Parses JSON into values without prototypes: keys such as `__proto__` and `constructor` are plain
 * keys, and nothing can be inherited by accident.
 *
 * @throws InvalidValueError which, unlike the engine's own error, never quotes the input.
 */
export function parseJson(text: string): JsonValue {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InvalidValueError("The value is not valid JSON.", {
      reason: "not-json",
      advice: "Store it as text, or correct the JSON.",
    });
  }
  return withoutPrototypes(parsed, 0);
}

function withoutPrototypes(value: unknown, depth: number): JsonValue {
  if (depth > maxDepth) throw invalid("is nested too deeply");
  if (typeof value === "number") checkNumber(value);
  if (typeof value !== "object" || value === null) return value as JsonValue;
  if (Array.isArray(value)) return value.map((item) => withoutPrototypes(item, depth + 1));
  const copy = Object.create(null) as Record<string, JsonValue>;
  for (const key of Object.keys(value)) {
    copy[key] = withoutPrototypes((value as Record<string, unknown>)[key], depth + 1);
  }
  return copy;
}

function invalid(problem: string): InvalidValueError {
  return new InvalidValueError(`The value cannot be kept as JSON: it ${problem}.`, {
    reason: "not-json",
    advice: "Use strings, finite numbers, booleans, null, arrays and plain objects.",
  });
}
