import { isSecretError, type SecretError } from "@kinko/core";
import { expectClean, type Canary } from "@kinko/testing";

/** The SecretError that `work` fails with; it must hold nothing of the canary. */
export async function failureOf(work: Promise<unknown>, canary: Canary): Promise<SecretError> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isSecretError(error)) throw new Error("The call did not fail with a SecretError.");
  expectClean(error, canary);
  return error;
}
