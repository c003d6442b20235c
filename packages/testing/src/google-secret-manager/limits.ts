import { invalidArgument } from "./failure.js";
import type { StringMap } from "./model.js";

/** Limits of Secret Manager, from its quotas page and the comments of its protos. */
export const secretManagerLimits = {
  maxPayloadBytes: 65_536,
  maxIdLength: 255,
  maxLabels: 64,
  maxLabelLength: 63,
  maxLabelBytes: 128,
  /** Keys and values together. */
  maxAnnotationBytes: 16_384,
  maxAliases: 50,
  maxTopics: 10,
  maxPageSize: 25_000,
  /** Quotas of a project. */
  accessesPerMinute: 90_000,
  readsPerMinute: 600,
  writesPerMinute: 600,
  /** Smallest and largest `version_destroy_ttl`: one day and 1,000 days. */
  minDestroyTtlMs: 86_400_000,
  maxDestroyTtlMs: 86_400_000_000,
} as const;

const labelKey = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const labelValue = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
const annotationKey = /^[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/u;
const aliasName = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/u;

/** @throws ServiceFault INVALID_ARGUMENT */
export function checkSecretId(id: unknown): string {
  if (typeof id === "string" && /^[A-Za-z0-9_-]{1,255}$/u.test(id)) return id;
  throw invalidArgument(
    "The provided Secret ID does not match the expected format [[A-Za-z0-9_-]{1,255}].",
  );
}

/** @throws ServiceFault INVALID_ARGUMENT */
export function checkLabels(labels: StringMap): StringMap {
  const { maxLabels, maxLabelBytes } = secretManagerLimits;
  const entries = Object.entries(labels);
  if (entries.length > maxLabels)
    throw invalidArgument(`No more than ${maxLabels} labels can be assigned.`);
  for (const [key, value] of entries) {
    const fits = (text: string): boolean => Buffer.byteLength(text) <= maxLabelBytes;
    if (!labelKey.test(key) || !fits(key)) throw invalidArgument("A label key is not valid.");
    if (!labelValue.test(value) || !fits(value))
      throw invalidArgument("A label value is not valid.");
  }
  return labels;
}

/** @throws ServiceFault INVALID_ARGUMENT */
export function checkAnnotations(annotations: StringMap): StringMap {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    if (!annotationKey.test(key)) throw invalidArgument("An annotation key is not valid.");
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes >= secretManagerLimits.maxAnnotationBytes) {
    throw invalidArgument("The total size of annotations must be less than 16KiB.");
  }
  return annotations;
}

/** Aliases with version numbers. @throws ServiceFault INVALID_ARGUMENT */
export function checkAliases(
  aliases: Readonly<Record<string, string | number>>,
  exists: (version: number) => boolean,
): ReadonlyMap<string, number> {
  const entries = Object.entries(aliases).map(
    ([alias, version]) => [alias, Number(version)] as const,
  );
  if (entries.length > secretManagerLimits.maxAliases)
    throw invalidArgument("Too many version aliases.");
  for (const [alias, version] of entries) {
    if (!aliasName.test(alias) || alias === "latest" || alias === "NEW") {
      throw invalidArgument("A version alias is not valid.");
    }
    if (!exists(version))
      throw invalidArgument("A version alias refers to a version that does not exist.");
  }
  return new Map(entries);
}

/** @throws ServiceFault INVALID_ARGUMENT */
export function checkDestroyTtl(ttlMs: number | undefined): number | undefined {
  const { minDestroyTtlMs, maxDestroyTtlMs } = secretManagerLimits;
  if (ttlMs === undefined || (ttlMs >= minDestroyTtlMs && ttlMs <= maxDestroyTtlMs)) return ttlMs;
  throw invalidArgument("version_destroy_ttl must be between 24 hours and 1000 days.");
}
