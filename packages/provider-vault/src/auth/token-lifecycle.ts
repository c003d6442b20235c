import { ClosedError, isSecretError, type Clock, type Logger } from "@kinko/core";
import { SingleFlight } from "../single-flight.js";
import type { AuthMethod, TokenEnding } from "./auth-method.js";
import type { AuthDependencies } from "./create-auth.js";
import type { LoginMethod, TokenGrant } from "./login-method.js";
import {
  tokenEndAfter,
  tokenRemainingMs,
  TokenHolds,
  type TokenEnd,
  type TokenHold,
} from "./token-holds.js";
import { isWorthwhile, renewalDelayMs, renewSelf } from "./renew-self.js";

/** What a {@link LoginMethod} is kept alive with. */
export interface TokenLifecycleOptions {
  readonly dependencies: AuthDependencies;
  /** Whether `close` revokes the token of the last login. */
  readonly revokeOnClose: boolean;
  /** Told each new token, for the sink file. Its failure is logged and changes nothing. */
  readonly onToken?: ((token: string) => Promise<void>) | undefined;
  /** From 0 up to 1; default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

interface Held extends TokenGrant {
  /** On both clocks: the monotonic one stands still while a machine is suspended. */
  readonly endsAt: TokenEnd;
  /** False once Vault has shown that renewing does not help any more. */
  readonly worthRenewing: boolean;
}

const firstRetryMs = 1_000;
const maxRetryMs = 30_000;
/** How long `close` waits for the revocation. */
const revocationTimeoutMs = 2_000;

/**
 * Keeps a login alive: logs in at the first call, once for all callers; renews after two thirds of
 * the token's life; when renewing no longer helps, logs in anew while the old token still lives;
 * and logs in again when Vault no longer accepts the token. While Vault is out of reach it waits
 * with growing pauses and leaves the token alone.
 */
export function keepAlive(method: LoginMethod, options: TokenLifecycleOptions): AuthMethod {
  return new TokenLifecycle(method, options);
}

class TokenLifecycle implements AuthMethod {
  readonly #method: LoginMethod;
  readonly #options: TokenLifecycleOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #flight: SingleFlight<string>;
  readonly #listeners = new Set<(ending: TokenEnding) => void>();
  readonly #closing = new AbortController();
  readonly #holds: TokenHolds;
  #held: Held | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(method: LoginMethod, options: TokenLifecycleOptions) {
    this.#method = method;
    this.#options = options;
    const { clock, logger, timeoutMs } = options.dependencies;
    this.#clock = clock;
    this.#logger = logger;
    this.#holds = new TokenHolds(clock);
    this.#flight = new SingleFlight(clock, timeoutMs);
  }

  async token(signal: AbortSignal): Promise<string> {
    const held = this.#held;
    if (held !== undefined && this.#remainingMs(held) > 0) return held.token;
    return this.#flight.run(signal, (own) => this.#login(own));
  }

  async replace(token: string, signal: AbortSignal): Promise<boolean> {
    if (this.#held?.token === token) {
      this.#held = undefined;
      this.#holds.succeed(token, { lives: false });
      this.#announce({ remainingSeconds: 0 });
    }
    if (this.#held === undefined) await this.#flight.run(signal, (own) => this.#login(own));
    return true;
  }

  hold(token: string): TokenHold {
    return this.#holds.hold(token);
  }

  onSucceeded(listener: (ending: TokenEnding) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#cancelTimer();
    this.#closing.abort();
    const held = this.#held;
    this.#held = undefined;
    this.#method.close();
    this.#listeners.clear();
    if (held?.revocable !== true || !this.#options.revokeOnClose) return;
    if (this.#remainingMs(held) <= 0 || this.#holds.isHeld(held.token)) return;
    await this.#revoke(held.token);
  }

  async #login(signal: AbortSignal): Promise<string> {
    const since = tokenEndAfter(this.#clock, 0);
    const grant = await this.#method.login(signal);
    if (this.#closing.signal.aborted) {
      if (grant.revocable && this.#options.revokeOnClose) await this.#revoke(grant.token);
      throw new ClosedError("The store was closed during the login.");
    }
    const before = this.#held;
    this.#take(grant, since, true);
    this.#logger.debug("logged in to Vault", {
      method: this.#method.name,
      ttlSeconds: grant.ttlSeconds,
    });
    if (before !== undefined) {
      this.#holds.succeed(before.token, { lives: true });
      this.#announce({ remainingSeconds: Math.max(this.#remainingMs(before), 0) / 1_000 });
    }
    await this.#tell(grant.token);
    return grant.token;
  }

  #announce(ending: TokenEnding): void {
    for (const listener of this.#listeners) listener(ending);
  }

  async #tell(token: string): Promise<void> {
    try {
      await this.#options.onToken?.(token);
    } catch {
      this.#logger.warn("The token could not be written to the file of auth.sinkFile.");
    }
  }

  /**
   * Makes a grant the current one, and plans what comes next.
   * @param since before it was asked for: Vault counts from a later moment, so it never ends too late
   */
  #take(grant: TokenGrant, since: NonNullable<TokenEnd>, worthRenewing: boolean): void {
    const lifeMs = grant.ttlSeconds * 1_000;
    const endsAt: TokenEnd =
      lifeMs === 0
        ? undefined
        : { monotonicMs: since.monotonicMs + lifeMs, wallMs: since.wallMs + lifeMs };
    this.#held = { ...grant, worthRenewing, endsAt };
    this.#holds.lives(grant.token, endsAt);
    // A token without an end needs nothing.
    if (lifeMs > 0) this.#plan(renewalDelayMs(grant, this.#options.random), firstRetryMs);
    else this.#cancelTimer();
  }

  #plan(delayMs: number, retryMs: number): void {
    this.#cancelTimer();
    if (this.#closing.signal.aborted) return;
    this.#cancelTimer = this.#clock.schedule(delayMs, () => void this.#refresh(retryMs));
  }

  /** Renews or logs in anew; a failure is tried again while the token lives. Never throws. */
  async #refresh(retryMs: number): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    try {
      await this.#flight.run(this.#closing.signal, (signal) =>
        held.renewable && held.worthRenewing ? this.#renew(held, signal) : this.#login(signal),
      );
    } catch (error) {
      if (this.#closing.signal.aborted || this.#held !== held) return;
      this.#logger.warn("The Vault token could not be renewed; it is tried again.", {
        method: this.#method.name,
        code: isSecretError(error) ? error.code : "Internal",
        reason: isSecretError(error) ? error.reason : undefined,
      });
      // An ended token needs no background work: the next call logs in.
      if (this.#remainingMs(held) <= 0) return;
      this.#plan(retryMs, Math.min(retryMs * 2, maxRetryMs));
    }
  }

  async #renew(held: Held, signal: AbortSignal): Promise<string> {
    const since = tokenEndAfter(this.#clock, 0);
    const renewed = await renewSelf(this.#options.dependencies.request, held, signal);
    if (typeof renewed === "string") return this.#login(signal);
    this.#take(renewed, since, isWorthwhile(renewed, held));
    this.#logger.debug("renewed the Vault token", { ttlSeconds: renewed.ttlSeconds });
    return renewed.token;
  }

  #remainingMs({ endsAt }: Held): number {
    return tokenRemainingMs(endsAt, this.#clock);
  }

  async #revoke(token: string): Promise<void> {
    const controller = new AbortController();
    const cancel = this.#clock.schedule(revocationTimeoutMs, () => controller.abort());
    try {
      await this.#options.dependencies.request({
        method: "POST",
        path: "auth/token/revoke-self",
        signal: controller.signal,
        credentials: { token },
      });
    } catch {
      // It ends by itself.
      this.#logger.debug("the Vault token could not be revoked at close; it ends by itself");
    } finally {
      cancel();
    }
  }
}
