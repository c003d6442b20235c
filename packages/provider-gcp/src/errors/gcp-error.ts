import {
  createSecretError,
  type SecretError,
  type SecretErrorCode,
  type SecretErrorDetails,
} from "@kinko/core";

/**
 * An error in this provider's own words. Nothing that Google, its SDK or Node said goes into it:
 * their texts can quote what was sent.
 */
export function gcpError(
  code: SecretErrorCode,
  what: string,
  // The store knows under which name this provider is configured, and adds it.
  details: Omit<SecretErrorDetails, "provider">,
): SecretError {
  return createSecretError(code, what, details);
}
