import type { ProviderSecret } from "../provider.js";
import { formatPath } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Secret } from "../secret/secret.js";

/**
 * What an application gets of a driver's answer: with metadata, and of a reference to a field only
 * that field. The answer itself is erased.
 */
export function toSecret(provider: string, ref: SecretRef, found: ProviderSecret): Secret {
  const whole = found.value.withMetadata({
    path: formatPath(ref.path),
    provider,
    version: found.version,
    createdAt: found.createdAt,
    tags: found.tags ?? {},
    ...(found.expiresAt === undefined ? {} : { expiresAt: found.expiresAt }),
  });
  found.value.dispose();
  if (ref.field === undefined) return whole;
  try {
    return whole.field(ref.field);
  } finally {
    whole.dispose();
  }
}
