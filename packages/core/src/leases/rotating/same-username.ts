import { isSecretError } from "../../errors/secret-error.js";
import type { Secret } from "../../secret/secret.js";
import type { CredentialRotation } from "../credential-handle.js";

/** Whether only the password has changed, so that what is connected stays connected. */
export function hasSameUsername({
  previous,
  current,
}: Pick<CredentialRotation, "previous" | "current">): boolean {
  const before = usernameOf(previous.secret);
  const after = usernameOf(current.secret);
  try {
    return before !== undefined && after !== undefined && before.equals(after);
  } finally {
    before?.dispose();
    after?.dispose();
  }
}

function usernameOf(secret: Secret): Secret | undefined {
  try {
    return secret.field("username");
  } catch (error) {
    // Other kinds of credentials have no such field: then nothing is known of what they open.
    if (isSecretError(error)) return undefined;
    throw error;
  }
}
