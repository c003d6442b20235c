import type { Clock } from "@kinko/core";

/** When a token ends, on both clocks; undefined for one that never does. */
export type TokenEnd = { readonly monotonicMs: number; readonly wallMs: number } | undefined;

/** Something that lives only as long as the token it was made with. */
export interface TokenHold {
  /** Seconds until the token ends unless it is renewed; zero or less when it has ended. */
  remainingSeconds(): number;
  /** Whether another login has taken the place of the token: nobody renews it any more. */
  isSucceeded(): boolean;
  /** When what depends on the token ends by itself. Default: never before it is released. */
  endsAt(end: TokenEnd): void;
  /** It depends on the token no longer. Idempotent. */
  release(): void;
}

interface KnownToken {
  endsAt: TokenEnd;
  succeeded: boolean;
  readonly holds: Set<{ endsAt: TokenEnd }>;
}

/** The end of what lives this long from now on. */
export function tokenEndAfter(clock: Clock, lifeMs: number): NonNullable<TokenEnd> {
  return { monotonicMs: clock.monotonicMs() + lifeMs, wallMs: clock.now() + lifeMs };
}

/** What is left of a token, in milliseconds; endless for one without an end. */
export function tokenRemainingMs(endsAt: TokenEnd, clock: Clock): number {
  if (endsAt === undefined) return Number.POSITIVE_INFINITY;
  return Math.min(endsAt.monotonicMs - clock.monotonicMs(), endsAt.wallMs - clock.now());
}

/** The tokens of one method's logins, and what depends on them. It forgets tokens that have ended. */
export class TokenHolds {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, KnownToken>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token was granted, or renewed. */
  lives(token: string, endsAt: TokenEnd): void {
    for (const [other, { endsAt: end, succeeded }] of this.#tokens) {
      if (succeeded && tokenRemainingMs(end, this.#clock) <= 0) this.#tokens.delete(other);
    }
    const known = this.#tokens.get(token);
    if (known === undefined)
      this.#tokens.set(token, { endsAt, succeeded: false, holds: new Set() });
    else known.endsAt = endsAt;
  }

  /** Another login has taken the place of a token, or will: `lives` says whether it still does. */
  succeed(token: string, options: { readonly lives: boolean }): void {
    const known = this.#tokens.get(token);
    if (known === undefined) return;
    known.succeeded = true;
    if (options.lives) return;
    known.endsAt = tokenEndAfter(this.#clock, 0);
    this.#tokens.delete(token);
  }

  /** Depends on a token; one that is not known has ended. */
  hold(token: string): TokenHold {
    const known = this.#tokens.get(token) ?? {
      endsAt: tokenEndAfter(this.#clock, 0),
      succeeded: true,
      holds: new Set(),
    };
    const own: { endsAt: TokenEnd } = { endsAt: undefined };
    known.holds.add(own);
    return {
      remainingSeconds: () => tokenRemainingMs(known.endsAt, this.#clock) / 1_000,
      isSucceeded: () => known.succeeded,
      endsAt: (end) => void (own.endsAt = end),
      release: () => void known.holds.delete(own),
    };
  }

  isHeld(token: string): boolean {
    const holds = [...(this.#tokens.get(token)?.holds ?? [])];
    return holds.some(({ endsAt }) => tokenRemainingMs(endsAt, this.#clock) > 0);
  }
}
