import { createHmac, timingSafeEqual } from "node:crypto";
import { KeyVaultFault } from "./protocol.js";

/** What a token says; the claims that Key Vault looks at. */
export interface TokenClaims {
  readonly aud: string;
  readonly iss: string;
  readonly tid: string;
  readonly oid: string;
  readonly nbf: number;
  readonly exp: number;
}

/** Makes a token that looks like one of Microsoft Entra, signed with the server's own key. */
export function signToken(claims: TokenClaims, key: Buffer): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}`;
  return `${content}.${signature(content, key)}`;
}

function signature(content: string, key: Buffer): string {
  return createHmac("sha256", key).update(content).digest("base64url");
}

/** What the token check needs to know. */
export interface TokenCheck {
  readonly key: Buffer;
  readonly resource: string;
  readonly issuer: string;
  /** `Bearer authorization="…", resource="…"`, sent with every 401. */
  readonly challenge: string;
  readonly nowSeconds: number;
}

/**
 * Checks the `Authorization` header as Key Vault documents it: a missing or unacceptable token is
 * a 401 with the challenge, and the message says what was wrong.
 * @throws KeyVaultFault 401
 */
export function checkAuthorization(header: string | undefined, check: TokenCheck): TokenClaims {
  const refuse = (message: string, error?: string): KeyVaultFault =>
    new KeyVaultFault(401, "Unauthorized", message, {
      headers: {
        "www-authenticate":
          error === undefined ? check.challenge : `${check.challenge}, error="${error}"`,
      },
    });
  const token = /^Bearer +(\S+)$/iu.exec(header ?? "")?.[1];
  if (token === undefined) throw refuse("AKV10000: Request is missing a Bearer or PoP token.");
  const claims = verify(token, check.key);
  if (claims === undefined) {
    throw refuse(
      "AKV10046: Unable to resolve the key used for signature validation.",
      "invalid_token",
    );
  }
  if (claims.aud !== check.resource) {
    throw refuse(
      `AKV10022: Invalid audience. Expected ${check.resource}, found: ${claims.aud}.`,
      "invalid_token",
    );
  }
  if (claims.iss !== check.issuer) {
    throw refuse(
      `AKV10032: Invalid issuer. Expected one of ${check.issuer}, found ${claims.iss}.`,
      "invalid_token",
    );
  }
  if (claims.exp <= check.nowSeconds || claims.nbf > check.nowSeconds) {
    throw refuse("AKV10001: Token has expired or is not yet valid.", "invalid_token");
  }
  return claims;
}

function verify(token: string, key: Buffer): TokenClaims | undefined {
  const [header, payload, signed] = token.split(".");
  if (header === undefined || payload === undefined || signed === undefined) return undefined;
  const expected = Buffer.from(signature(`${header}.${payload}`, key));
  const actual = Buffer.from(signed);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString()) as TokenClaims;
  } catch {
    return undefined;
  }
}
