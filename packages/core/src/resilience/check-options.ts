import { ConfigError } from "../errors/classes.js";
import type { breakerDefaults } from "./breaker.js";
import { cacheDefaults, type ResilienceOptions } from "./options.js";
import type { retryDefaults } from "./retry-policy.js";
import { isMap } from "../runtime/is-map.js";

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/** Longest time that makes sense; it also keeps timers below Node's limit of 2^31 ms. */
export const maxResilienceSeconds = 7 * 24 * 60 * 60;
const seconds = (least: number): Range => ({ least, most: maxResilienceSeconds });
const count = (least: number, most: number): Range => ({ least, most, whole: true });
const ratio = { least: 0, most: 1 } as const;

const retryRanges: Readonly<Record<keyof typeof retryDefaults, Range>> = {
  maxRetries: count(0, 20),
  firstDelaySeconds: seconds(0.001),
  maxDelaySeconds: seconds(0.001),
  jitterRatio: ratio,
};
const breakerRanges: Readonly<Record<keyof typeof breakerDefaults, Range>> = {
  failures: count(1, 10_000),
  openSeconds: seconds(0.001),
};
const cacheRanges: Readonly<Record<keyof typeof cacheDefaults, Range>> = {
  ttlSeconds: seconds(0.001),
  maxStaleSeconds: seconds(0),
  refreshAheadRatio: ratio,
  staleWaitSeconds: seconds(0.001),
  maxEntries: count(1, 10_000_000),
  maxBytes: count(1, 2 ** 40),
};
const pathRanges = {
  ttlSeconds: cacheRanges.ttlSeconds,
  maxStaleSeconds: cacheRanges.maxStaleSeconds,
};

/**
 * Refuses options that make no sense, before anything is opened.
 * @throws ConfigError that names the option and what it may be; values are not quoted.
 */
export function checkResilience(options: ResilienceOptions | false | undefined): void {
  if (options === undefined || options === false) return;
  checkKeys("resilience", options, ["retry", "breaker", "cache"]);
  const { retry, breaker, cache } = options;
  if (isOptions(retry, "delayMs")) checkPart("resilience.retry", retry, retryRanges);
  if (isOptions(breaker, "enter")) checkPart("resilience.breaker", breaker, breakerRanges);
  if (cache === undefined || cache === false) return;
  checkPart("resilience.cache", cache, cacheRanges, ["paths", "storage", "fallback"]);
  const ttl = cache.ttlSeconds ?? cacheDefaults.ttlSeconds;
  checkStale("resilience.cache", ttl, cache.maxStaleSeconds);
  const prefixes = new Set<string>();
  for (const [index, path] of (cache.paths ?? []).entries()) {
    const name = `resilience.cache.paths.${index}`;
    checkPart(name, path, pathRanges, ["prefix"]);
    const maxStale = path.maxStaleSeconds ?? cache.maxStaleSeconds;
    checkStale(name, path.ttlSeconds ?? ttl, maxStale);
    const prefix = String(path.prefix).replace(/\/$/u, "");
    if (prefixes.has(prefix)) {
      throw refused(`"${name}.prefix" is there twice.`, "Keep one entry for each prefix.");
    }
    prefixes.add(prefix);
  }
}

/** Whether it is to be checked: neither left out, nor off, nor an implementation of one's own. */
function isOptions(part: unknown, method: string): boolean {
  return part !== undefined && part !== false && !(isMap(part) && method in part);
}

function checkStale(name: string, ttlSeconds: number, maxStaleSeconds: number | undefined): void {
  if (maxStaleSeconds === undefined || maxStaleSeconds === 0) return;
  if (maxStaleSeconds >= ttlSeconds) return;
  throw refused(
    `"${name}.maxStaleSeconds" is shorter than ttlSeconds.`,
    "Make it at least as long, or 0 so that nothing stale is ever served.",
  );
}

function checkPart(
  name: string,
  part: unknown,
  ranges: Readonly<Record<string, Range>>,
  others: readonly string[] = [],
): void {
  checkKeys(name, part, [...Object.keys(ranges), ...others]);
  for (const [key, range] of Object.entries(ranges)) {
    const value = (part as Readonly<Record<string, unknown>>)[key];
    if (value !== undefined && !fits(value, range)) {
      const kind = range.whole === true ? "a whole number" : "a number";
      throw refused(
        `"${name}.${key}" is not ${kind} from ${range.least} to ${range.most}.`,
        "Correct it, leave it out for the default, or turn the part off with false.",
      );
    }
  }
}

function fits(value: unknown, { least, most, whole }: Range): boolean {
  if (typeof value !== "number" || !(value >= least && value <= most)) return false;
  return whole !== true || Number.isInteger(value);
}

function checkKeys(name: string, part: unknown, known: readonly string[]): void {
  if (!isMap(part)) {
    throw refused(`"${name}" is not a map of settings.`, "Write its settings, or false.");
  }
  const unknown = Object.keys(part).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  // The key is quoted when it looks like one; anything else may be a value that got misplaced.
  const shown = /^[A-Za-z]{1,40}$/u.test(unknown) ? ` "${name}.${unknown}"` : ` in "${name}"`;
  throw new ConfigError(`There is an unknown option${shown}.`, {
    operation: "open",
    reason: "unknown-option",
    advice: `Known are ${known.join(", ")}.`,
  });
}

function refused(what: string, advice: string): ConfigError {
  return new ConfigError(what, { operation: "open", reason: "invalid-option", advice });
}
