import { createSecretError } from "../../src/errors/classes.js";
import type { SecretErrorCode, SecretErrorDetails, SecretError } from "../../src/index.js";

export { createRetryPolicy } from "../../src/index.js";

/** An error as a driver throws it that words its own. */
export function createSecretErrorForTest(
  code: SecretErrorCode,
  details: SecretErrorDetails = {},
): SecretError {
  return createSecretError(code, "The test says so.", details);
}
