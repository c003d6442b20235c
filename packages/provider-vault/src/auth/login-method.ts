import { isObject, type JsonObject } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";
import { checkTokenText } from "./token-text.js";

/** One way to log in, without any memory of earlier logins but what it may use only once. */
export interface LoginMethod {
  /** For log lines, such as `kubernetes`. */
  readonly name: string;
  /**
   * Logs in.
   * @throws UnauthenticatedError, with a reason of {@link absentCredentials} when there is nothing
   * here to log in with
   */
  login(signal: AbortSignal): Promise<TokenGrant>;
  /** Forgets what it holds. */
  close(): void;
}

/** A token as a login or a renewal granted it. */
export interface TokenGrant {
  readonly token: string;
  /** Seconds from the answer on; 0 for a token that never ends. */
  readonly ttlSeconds: number;
  readonly renewable: boolean;
  /** True when Vault stores it, so that it can be revoked; batch tokens are not stored. */
  readonly revocable: boolean;
}

/** Reasons that mean "not configured on this machine", so that a chain goes on to its next method. */
export const absentCredentials: ReadonlySet<string> = new Set([
  "no-token",
  "no-secret-id",
  "no-credentials",
]);

/**
 * Reads the grant of a login's or renewal's answer.
 * @throws UnauthenticatedError when there is none, such as for a method with multi-factor rules
 */
export function parseGrant(body: JsonObject, from: string): TokenGrant {
  const auth = body["auth"];
  const token = isObject(auth) ? auth["client_token"] : undefined;
  if (!isObject(auth) || typeof token !== "string" || token === "") {
    throw vaultError("Unauthenticated", "Vault accepted the login and gave no token.", {
      reason: "no-token-granted",
      advice: "Check for multi-factor rules on this auth method; they are not supported.",
    });
  }
  const ttlSeconds = auth["lease_duration"];
  return {
    token: checkTokenText(token, from),
    ttlSeconds: typeof ttlSeconds === "number" && ttlSeconds > 0 ? ttlSeconds : 0,
    renewable: auth["renewable"] === true,
    revocable: auth["token_type"] !== "batch",
  };
}
