import type { JsonObject } from "../client/answer.js";
import { duration, given, invalid, numberOf, textOf, textsOf } from "../engine/fields.js";
import type { AuthoritySubject, CertificateRequest, KeySettings, PkiRole } from "./types.js";

/** Hours of row B9 in seconds. */
export const defaultTtlSeconds = {
  root: 87_600 * 3_600,
  intermediate: 43_800 * 3_600,
  leafMaximum: 2_160 * 3_600,
} as const;

const sizes = { rsa: [2_048, 3_072, 4_096], ec: [224, 256, 384, 521], ed25519: [0] } as const;

/** Type and size of a key. @throws InvalidValueError */
export function keyBody({ keyType = "ec", keyBits }: KeySettings): JsonObject {
  if (!Object.hasOwn(sizes, keyType)) {
    throw invalid("keyType", "invalid-key-type", "Choose one of rsa, ec, ed25519.");
  }
  const allowed: readonly number[] = sizes[keyType];
  if (keyBits !== undefined && !allowed.includes(keyBits)) {
    throw invalid("keyBits", "invalid-key-size", `Choose one of ${allowed.join(", ")}.`);
  }
  const bits = keyBits ?? { rsa: 2_048, ec: 256, ed25519: 0 }[keyType];
  return { key_type: keyType, key_bits: bits };
}

/** Subject and key of an authority. @throws InvalidValueError */
export function subjectBody(subject: AuthoritySubject): JsonObject {
  return {
    common_name: name(subject.commonName, "commonName"),
    ...given({ organization: subject.organization, country: subject.country }),
    ...keyBody(subject),
  };
}

/** What a certificate is to say. @throws InvalidValueError naming the field */
export function requestBody(request: Omit<CertificateRequest, "role">): JsonObject {
  return given({
    common_name: name(request.commonName, "commonName"),
    alt_names: joined(request.altNames, "altNames"),
    ip_sans: joined(request.ipSans, "ipSans"),
    uri_sans: joined(request.uriSans, "uriSans"),
    ttl: duration(request.ttlSeconds, "ttlSeconds", { min: 1 }),
  });
}

/** Vault takes lists as one text with commas, so a comma in a name would make two of it. */
function joined(names: readonly string[] | undefined, field: string): string | undefined {
  if (names === undefined || names.length === 0) return undefined;
  return names.map((each) => name(each, field)).join(",");
}

function name(text: string, field: string): string {
  if (typeof text === "string" && text.length <= 1_024 && /^[^\p{C},]+$/u.test(text)) return text;
  throw invalid(field, "invalid-name", "Write a name without commas and control characters.");
}

/** A role in Vault's words. @throws InvalidValueError naming the setting */
export function roleBody(role: PkiRole): JsonObject {
  const { maxTtlSeconds = defaultTtlSeconds.leafMaximum, ttlSeconds = 0 } = role;
  if (ttlSeconds > maxTtlSeconds) {
    throw invalid("ttlSeconds", "ttl-beyond-maximum", "Set it to maxTtlSeconds or less.");
  }
  if (role.allowAnyName !== true && (role.allowedDomains ?? []).length === 0) {
    throw invalid("allowedDomains", "no-domains", "Name at least one domain.");
  }
  return {
    ...keyBody(role),
    ...given({
      allowed_domains: role.allowedDomains,
      allow_subdomains: role.allowSubdomains ?? false,
      allow_bare_domains: role.allowBareDomains ?? false,
      allow_glob_domains: role.allowGlobDomains ?? false,
      allow_wildcard_certificates: role.allowWildcards ?? false,
      allow_any_name: role.allowAnyName ?? false,
      allow_localhost: role.allowLocalhost ?? false,
      allow_ip_sans: role.allowIpSans ?? false,
      allowed_uri_sans: role.allowedUriSans,
      server_flag: role.serverAuth ?? true,
      client_flag: role.clientAuth ?? true,
      ttl: duration(ttlSeconds, "ttlSeconds"),
      max_ttl: duration(maxTtlSeconds, "maxTtlSeconds"),
      organization: role.organization,
      require_cn: role.requireCommonName,
      no_store: role.noStore ?? false,
    }),
  };
}

export function parseRole(data: JsonObject): Required<PkiRole> {
  return {
    keyType: (textOf(data, "key_type") ?? "rsa") as "rsa" | "ec" | "ed25519",
    keyBits: numberOf(data, "key_bits"),
    allowedDomains: textsOf(data, "allowed_domains"),
    allowSubdomains: data["allow_subdomains"] === true,
    allowBareDomains: data["allow_bare_domains"] === true,
    allowGlobDomains: data["allow_glob_domains"] === true,
    allowWildcards: data["allow_wildcard_certificates"] === true,
    allowAnyName: data["allow_any_name"] === true,
    allowLocalhost: data["allow_localhost"] === true,
    allowIpSans: data["allow_ip_sans"] === true,
    allowedUriSans: textsOf(data, "allowed_uri_sans"),
    serverAuth: data["server_flag"] === true,
    clientAuth: data["client_flag"] === true,
    ttlSeconds: numberOf(data, "ttl"),
    maxTtlSeconds: numberOf(data, "max_ttl"),
    organization: textsOf(data, "organization"),
    requireCommonName: data["require_cn"] === true,
    noStore: data["no_store"] === true,
  };
}
