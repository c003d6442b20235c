import { badParameter } from "./protocol.js";

/**
 * Limits as Microsoft documents them: names, values, content types and tags in
 * https://learn.microsoft.com/azure/key-vault/secrets/about-secrets and
 * https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates; rates and
 * backups in https://learn.microsoft.com/azure/key-vault/general/service-limits.
 */
export const keyVaultLimits = {
  maxNameLength: 127,
  /** 25 KB, counted in UTF-8; Azure's command line names the figure 25,600. */
  maxValueBytes: 25_600,
  maxContentTypeLength: 255,
  maxTags: 15,
  maxTagNameLength: 256,
  maxTagValueLength: 256,
  maxPageSize: 25,
  maxVersionsInBackup: 500,
  /** Per vault and region, in {@link rateWindowMs}. */
  maxSecretsCreated: 300,
  maxOtherRequests: 4_000,
  rateWindowMs: 10_000,
} as const;

/** What may be written with a secret; undefined leaves it as it is or at its default. */
export interface SecretAttributes {
  readonly enabled?: boolean | undefined;
  /** Not before, in seconds since 1970. */
  readonly nbf?: number | undefined;
  /** Expiry, in seconds since 1970. */
  readonly exp?: number | undefined;
}

/** A checked body of `PUT` or `PATCH`. */
export interface SecretParameters {
  readonly value?: string | undefined;
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly attributes: SecretAttributes;
}

/** Names are `[0-9A-Za-z-]{1,127}`. @throws KeyVaultFault 400 */
export function checkName(name: string): string {
  if (/^[0-9A-Za-z-]{1,127}$/u.test(name)) return name;
  throw badParameter(`The request URI contains an invalid name: ${name}`);
}

/** @throws KeyVaultFault 400 */
export function parseBody(body: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw badParameter("Request body was not valid JSON.");
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Record<string, unknown>;
  }
  throw badParameter("Request body was not a JSON object.");
}

/** The body of `PUT /secrets/NAME`. @throws KeyVaultFault 400 */
export function checkSetParameters(body: string): SecretParameters & { readonly value: string } {
  const parsed = parseBody(body);
  const { value } = parsed;
  if (typeof value !== "string" || Buffer.byteLength(value) > keyVaultLimits.maxValueBytes) {
    throw badParameter("Property value has invalid value");
  }
  return { ...checkParameters(parsed), value };
}

/** The body of `PATCH /secrets/NAME/VERSION`. @throws KeyVaultFault 400 */
export function checkUpdateParameters(body: string): SecretParameters {
  return checkParameters(parseBody(body));
}

function checkParameters(body: Record<string, unknown>): SecretParameters {
  const { contentType, tags, attributes = {} } = body;
  if (
    contentType !== undefined &&
    contentType !== null &&
    (typeof contentType !== "string" || contentType.length > keyVaultLimits.maxContentTypeLength)
  ) {
    throw badParameter("Property contentType has invalid value");
  }
  return {
    contentType: typeof contentType === "string" ? contentType : undefined,
    tags: tags === undefined || tags === null ? undefined : checkTags(tags),
    attributes: checkAttributes(attributes),
  };
}

function checkTags(tags: unknown): Readonly<Record<string, string>> {
  const { maxTags, maxTagNameLength, maxTagValueLength } = keyVaultLimits;
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) {
    throw badParameter("Property tags has invalid value");
  }
  const entries = Object.entries(tags as Record<string, unknown>);
  const fits = entries.every(
    ([name, value]) =>
      name.length <= maxTagNameLength &&
      typeof value === "string" &&
      value.length <= maxTagValueLength,
  );
  if (entries.length > maxTags || !fits) throw badParameter("Property tags has invalid value");
  return Object.fromEntries(entries) as Record<string, string>;
}

function checkAttributes(attributes: unknown): SecretAttributes {
  if (typeof attributes !== "object" || attributes === null || Array.isArray(attributes)) {
    throw badParameter("Property attributes has invalid value");
  }
  const { enabled, nbf, exp } = attributes as Record<string, unknown>;
  const isTime = (value: unknown): value is number | undefined =>
    value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 0);
  if ((enabled !== undefined && typeof enabled !== "boolean") || !isTime(nbf) || !isTime(exp)) {
    throw badParameter("Property attributes has invalid value");
  }
  return { enabled, nbf, exp };
}
