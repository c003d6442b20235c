import { segmentProblem } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import { encodePath } from "../names.js";

/** Longest life that makes sense, in seconds: a year. Vault's own limit is 32 days unless it is raised. */
const maxTtlSeconds = 366 * 24 * 3_600;

/** The encoded name of a connection or role. @throws InvalidRefError, before any request */
export function encodeName(name: string, field = "name"): string {
  if (typeof name === "string" && segmentProblem(name) === undefined && /^[\w.-]+$/u.test(name)) {
    return encodePath([name]);
  }
  throw vaultError("InvalidRef", "This is not a name that a connection or role can have.", {
    reason: "invalid-name",
    field,
    advice: "Use letters, digits, dots, dashes and underscores.",
  });
}

/** @throws InvalidValueError for what is no whole, positive number of seconds */
export function checkSeconds(field: string, value: number | undefined, least = 1): void {
  if (value === undefined) return;
  if (Number.isSafeInteger(value) && value >= least && value <= maxTtlSeconds) return;
  throw vaultError("InvalidValue", `The value of ${field} is not a time that can be kept.`, {
    reason: "bad-ttl",
    field,
    advice: `Give whole seconds, at least ${least} and at most a year.`,
  });
}

/** @throws InvalidValueError for a default that is longer than the maximum */
export function checkTtls(ttl: {
  readonly defaultTtlSeconds?: number | undefined;
  readonly maxTtlSeconds?: number | undefined;
}): void {
  checkSeconds("defaultTtlSeconds", ttl.defaultTtlSeconds);
  checkSeconds("maxTtlSeconds", ttl.maxTtlSeconds);
  if ((ttl.defaultTtlSeconds ?? 0) <= (ttl.maxTtlSeconds ?? Number.POSITIVE_INFINITY)) return;
  throw vaultError("InvalidValue", "The default life is longer than the longest one.", {
    reason: "default-above-maximum",
    field: "defaultTtlSeconds",
    advice: "Lower defaultTtlSeconds, or raise maxTtlSeconds.",
  });
}

/** @throws InvalidValueError for what is empty, or could be read as something else in a URL */
export function checkText(field: string, value: unknown): string {
  if (typeof value === "string" && value !== "" && !/\p{C}|\{\{|\}\}/u.test(value)) return value;
  throw vaultError("InvalidValue", `The value of ${field} cannot be used.`, {
    reason: "bad-value",
    field,
    advice: "Give a text without control characters and without double braces.",
  });
}
