import { saysInvalidToken } from "../errors/response-error.js";
import type { AuthDependencies } from "./create-auth.js";
import { parseGrant, type TokenGrant } from "./login-method.js";

/** Part of its life after which a token is renewed, so that a failed renewal can be repeated. */
const renewAfter = 2 / 3;
/** Spread of that moment to both sides, so that a fleet does not renew as one. */
const jitter = 0.1;
/** A renewal that grants less than this part of what was asked for nears the maximum. */
const worthwhile = 0.9;

/** When to renew a token that was granted just now, in milliseconds from now. */
export function renewalDelayMs(
  { ttlSeconds }: Pick<TokenGrant, "ttlSeconds">,
  random: () => number = Math.random,
): number {
  return ttlSeconds * 1_000 * renewAfter * (1 - jitter + 2 * jitter * random());
}

/** Whether a renewal still gave about the lifetime that was asked for. */
export function isWorthwhile(renewed: TokenGrant, before: TokenGrant): boolean {
  return renewed.ttlSeconds === 0 || renewed.ttlSeconds >= before.ttlSeconds * worthwhile;
}

/**
 * Asks for the token's lifetime once more. `invalid`: Vault does not know the token any more;
 * `denied`: the token lives, and must or can not be renewed.
 *
 * @throws what says nothing of the token, such as an outage
 */
export async function renewSelf(
  request: AuthDependencies["request"],
  { token, ttlSeconds }: Pick<TokenGrant, "token" | "ttlSeconds">,
  signal: AbortSignal,
): Promise<TokenGrant | "invalid" | "denied"> {
  const answer = await request({
    method: "POST",
    path: "auth/token/renew-self",
    body: { increment: `${ttlSeconds}s` },
    signal,
    credentials: { token },
    // 403 comes for a token that has ended, and for one whose policies do not let it renew itself.
    accept: [400, 403],
  });
  if (answer.status < 400) return parseGrant(answer.body, "Vault's answer to the renewal");
  return saysInvalidToken(answer) ? "invalid" : "denied";
}
