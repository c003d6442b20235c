import { isSecretError } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import { withoutLogins, type AuthMethod } from "./auth-method.js";
import type { AuthDependencies } from "./create-auth.js";
import type { TokenGrant } from "./login-method.js";
import { isWorthwhile, renewalDelayMs, renewSelf } from "./renew-self.js";
import { checkTokenText } from "./token-text.js";

/**
 * How long a process lives before its token is looked at, in milliseconds: a command that reads one
 * secret is over by then, and never pays for it.
 */
const lookAfterMs = 5_000;
const firstRetryMs = 1_000;
const maxRetryMs = 30_000;

/**
 * A token that was given once. In a process that lives on it is renewed, if Vault says that it can
 * be; nothing can take its place when it ends.
 */
export function givenToken(
  given: string | undefined,
  options: {
    readonly dependencies: AuthDependencies;
    readonly renew: boolean;
    readonly random?: (() => number) | undefined;
  },
): AuthMethod {
  const { clock, logger, request, timeoutMs } = options.dependencies;
  const closing = new AbortController();
  let cancel: () => void = () => undefined;
  let begun = !options.renew;

  const plan = (delayMs: number, work: (signal: AbortSignal) => Promise<void>): void => {
    cancel = clock.schedule(delayMs, () => void attempt(work, firstRetryMs));
  };

  /** Repeats work that an outage stops; ends at any other failure, and with the token. */
  const attempt = async (
    work: (signal: AbortSignal) => Promise<void>,
    retryMs: number,
  ): Promise<void> => {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    closing.signal.addEventListener("abort", abort, { once: true });
    const stop = clock.schedule(timeoutMs, abort);
    try {
      await work(controller.signal);
    } catch (error) {
      if (closing.signal.aborted || (isSecretError(error) && !error.retryable)) return;
      cancel = clock.schedule(retryMs, () => {
        void attempt(work, Math.min(retryMs * 2, maxRetryMs));
      });
    } finally {
      stop();
      closing.signal.removeEventListener("abort", abort);
    }
  };

  const look = async (token: string, signal: AbortSignal): Promise<void> => {
    const answer = await request({
      method: "GET",
      path: "auth/token/lookup-self",
      signal,
      credentials: { token },
      accept: [403],
    });
    const ttlSeconds = answer.data?.["ttl"];
    // A token that may not look at itself, or that never ends.
    if (typeof ttlSeconds !== "number" || ttlSeconds <= 0) return;
    if (answer.data?.["renewable"] !== true) {
      logger.warn("The Vault token cannot be renewed and ends by itself.", { ttlSeconds });
      return;
    }
    const wished = answer.data["creation_ttl"];
    const grant = {
      token,
      ttlSeconds: typeof wished === "number" && wished > 0 ? wished : ttlSeconds,
      renewable: true,
      revocable: true,
    };
    plan(renewalDelayMs({ ttlSeconds }, options.random), (own) => renew(grant, own));
  };

  const renew = async (wished: TokenGrant, signal: AbortSignal): Promise<void> => {
    const renewed = await renewSelf(request, wished, signal);
    if (typeof renewed === "string") {
      logger.warn("Vault does not renew the token, which ends by itself.", { reason: renewed });
      return;
    }
    if (!isWorthwhile(renewed, wished)) {
      const { ttlSeconds } = renewed;
      logger.warn("The Vault token nears its maximum lifetime and ends.", { ttlSeconds });
      return;
    }
    plan(renewalDelayMs(renewed, options.random), (own) => renew(wished, own));
  };

  return {
    ...withoutLogins,
    async token() {
      if (given === undefined) {
        throw vaultError("Unauthenticated", "There is no Vault token.", {
          reason: "no-token",
          advice: "Set VAULT_TOKEN or the option auth.",
        });
      }
      const token = checkTokenText(given, "VAULT_TOKEN or the option auth.token");
      if (!begun) plan(lookAfterMs, (signal) => look(token, signal));
      begun = true;
      return token;
    },
    replace: () => Promise.resolve(false),
    close() {
      cancel();
      closing.abort();
      return Promise.resolve();
    },
  };
}
