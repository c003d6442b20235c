import { isObject, type JsonObject } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";

/** A text of an answer; undefined for none and for an empty one. */
export function textOf(data: JsonObject, name: string): string | undefined {
  const value = data[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A text that the answer must have. @throws CorruptError */
export function neededText(data: JsonObject, name: string): string {
  const text = textOf(data, name);
  if (text !== undefined) return text;
  throw malformedAnswer();
}

/** A number of an answer; 0 for none. */
export function numberOf(data: JsonObject, name: string): number {
  const value = data[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** A number above 0 of an answer; undefined for Vault's 0, which stands for none. */
export function positiveOf(data: JsonObject, name: string): number | undefined {
  const value = numberOf(data, name);
  return value > 0 ? value : undefined;
}

/** Texts of a list; none for anything else. */
export function textsOf(data: JsonObject, name: string): readonly string[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Texts of a map; none for anything else. */
export function mapOf(data: JsonObject, name: string): Readonly<Record<string, string>> {
  const value = data[name];
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

/** A moment from RFC 3339 or seconds since 1970; undefined for none, and for Vault's zero. */
export function dateOf(value: unknown): Date | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const seconds =
    typeof value === "number" ? value : /^\d+$/u.test(value) ? Number(value) : undefined;
  const date = new Date(seconds === undefined ? value : seconds * 1_000);
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? undefined : date;
}

/** Only the entries that are given, so that Vault keeps the rest as it is. */
export function given(entries: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/**
 * Seconds as Vault takes them.
 * @throws InvalidValueError naming the argument, before any request
 */
export function duration(
  seconds: number | undefined,
  field: string,
  { min = 0 }: { readonly min?: number } = {},
): string | undefined {
  if (seconds === undefined) return undefined;
  if (Number.isSafeInteger(seconds) && seconds >= min && seconds <= maxSeconds)
    return `${seconds}s`;
  throw invalid(field, "invalid-duration", `Write a whole number of seconds from ${min}.`);
}

/** Go counts durations in nanoseconds, which ends after 292 years. */
const maxSeconds = 9_000_000_000;

/** A whole number from 0. @throws InvalidValueError naming the argument */
export function count(number: number | undefined, field: string): number | undefined {
  if (number === undefined || (Number.isSafeInteger(number) && number >= 0)) return number;
  throw invalid(field, "invalid-number", "Write a whole number from 0.");
}

/** Bad input, in our own words. */
export function invalid(field: string, reason: string, advice: string): Error {
  return vaultError("InvalidValue", `The setting ${field} is not valid.`, {
    reason,
    field,
    advice,
  });
}

/** Settings that Vault has and Kinko has no word for; Kinko's own win. @throws InvalidValueError */
export function passThrough(settings: JsonObject | undefined): JsonObject {
  if (settings === undefined) return {};
  if (
    isObject(settings) &&
    Object.keys(settings).every((name) => /^[a-z][a-z0-9_]*$/u.test(name))
  ) {
    return settings;
  }
  throw invalid(
    "settings",
    "invalid-settings",
    "Write Vault's own names, such as bound_audiences.",
  );
}

/** An answer that lacks what was asked for. */
export function malformedAnswer(): Error {
  return vaultError("Corrupt", "Vault's answer lacks what was asked for.", {
    reason: "answer-malformed",
    retryable: true,
    advice: "Try again; if it stays so, look at the proxy or load balancer in between.",
  });
}

/** Names of a LIST answer; a 404 without a message is an empty list. */
export function keysOf(answer: { readonly data: JsonObject | undefined }): readonly string[] {
  return textsOf(answer.data ?? {}, "keys");
}
