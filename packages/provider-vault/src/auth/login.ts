import { isSecretError, type SecretError } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import type { AuthDependencies } from "./create-auth.js";
import { parseGrant, type TokenGrant } from "./login-method.js";

/** What a login sends where, and what its refusal is called. */
export interface LoginRequest {
  /** Encoded path below `auth/`, such as `kubernetes/login`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  /** How people call the method, such as `Kubernetes`. */
  readonly title: string;
  /** Kebab-case beginning of reasons, such as `kubernetes`. */
  readonly name: string;
  /** What to look at when Vault does not accept the credentials. */
  readonly advice: string;
}

/**
 * Posts a login.
 * @throws UnauthenticatedError with reason `NAME-rejected` or `login-denied`; failures that say
 * nothing of the credentials, such as an outage, as they are
 */
export async function login(
  request: AuthDependencies["request"],
  { path, body, signal, title, name, advice }: LoginRequest,
): Promise<TokenGrant> {
  try {
    const answer = await request({
      method: "POST",
      path: `auth/${path}`,
      body,
      signal,
      credentials: "anonymous",
    });
    return parseGrant(answer.body, "Vault's answer to the login");
  } catch (error) {
    throw isSecretError(error) ? refusal(error, title, name, advice) : error;
  }
}

function refusal(error: SecretError, title: string, name: string, advice: string): SecretError {
  const { requestId } = error;
  if (error.code === "InvalidValue") {
    return vaultError("Unauthenticated", `Vault does not accept the credentials for ${title}.`, {
      reason: `${name}-rejected`,
      requestId,
      advice,
    });
  }
  // Without a token, Vault answers 403 to a path that it does not have, and to some refusals.
  if (error.code === "Unauthenticated" && error.reason === "token-rejected") {
    return vaultError("Unauthenticated", `Vault denies the login by ${title}.`, {
      reason: "login-denied",
      requestId,
      advice: `${advice} Check too that the method is enabled at auth.mount, and its CIDR rules.`,
    });
  }
  return error;
}
