import { isSecretError, type SecretError } from "@kinko/core";

/** The SecretError that `work` fails with. */
export async function failureOf(work: Promise<unknown>): Promise<SecretError> {
  const outcome: unknown = await work.then(
    () => "it did not fail",
    (error: unknown) => error,
  );
  if (isSecretError(outcome)) return outcome;
  throw new Error(`Expected a SecretError: ${String(outcome)}`);
}
