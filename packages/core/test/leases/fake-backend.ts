import {
  LeaseExpiredError,
  Secret,
  UnavailableError,
  UnsupportedError,
  type Clock,
  type DynamicCapability,
  type IssuedLease,
  type LeaseInfo,
  type LeaseBounds,
} from "../../src/index.js";

interface KnownLease {
  readonly id: string;
  readonly bornMs: number;
  endsMs: number;
  revocations: number;
  readonly login: Login;
}

/** What leases end with. */
interface Login {
  endsMs: number;
  succeeded: boolean;
}

/** What a test makes of one request; `fail` after the backend has done it loses the answer. */
export type Fault = "none" | "fail" | "lose-answer" | "hang";

export interface FakeBackendOptions {
  readonly ttlSeconds?: number;
  readonly maxTtlSeconds?: number;
  readonly renewable?: boolean;
  /** Life of the first login, with which leases end. Default: it never does, and nobody says so. */
  readonly loginSeconds?: number;
  readonly fault?: (operation: "issue" | "renew" | "revoke" | "lookup", count: number) => Fault;
  /** What a failing renewal throws. */
  readonly renewError?: () => Error;
}

/** A backend that keeps leases as Vault does, on its own monotonic clock. */
export class FakeBackend implements DynamicCapability {
  readonly leases = new Map<string, KnownLease>();
  readonly requests: { readonly operation: string; readonly atMs: number; readonly id: string }[] =
    [];
  readonly #clock: Clock;
  readonly #options: FakeBackendOptions;
  options: FakeBackendOptions;
  readonly bounds: LeaseBounds | undefined;
  readonly #listeners = new Set<() => void>();
  #login: Login;
  #serial = 0;

  constructor(clock: Clock, options: FakeBackendOptions = {}) {
    this.#clock = clock;
    const { loginSeconds } = options;
    this.#login = { endsMs: (loginSeconds ?? Number.POSITIVE_INFINITY) * 1_000, succeeded: false };
    if (loginSeconds !== undefined) this.bounds = this.#makeBounds();
    this.#options = options;
    this.options = options;
  }

  count(operation: string): number {
    return this.requests.filter((request) => request.operation === operation).length;
  }

  /** Leases that have neither ended nor been revoked. */
  get living(): string[] {
    const now = this.#clock.monotonicMs();
    return [...this.leases.values()]
      .filter((l) => l.revocations === 0 && l.endsMs > now && l.login.endsMs > now)
      .map((l) => l.id);
  }

  /** Who listens for logins. */
  get subscribers(): number {
    return this.#listeners.size;
  }

  /** The login lives this long from now on. */
  prolongLogin(seconds: number): void {
    this.#login.endsMs = this.#clock.monotonicMs() + seconds * 1_000;
  }

  /** Another login takes the place of the present one, whose leases end when it does. */
  logIn(seconds: number): void {
    this.#login.succeeded = true;
    this.#login = { endsMs: this.#clock.monotonicMs() + seconds * 1_000, succeeded: false };
    for (const listener of this.#listeners) listener();
  }

  isValid(id: string): boolean {
    return this.living.includes(id);
  }

  async issue(): Promise<IssuedLease> {
    const { maxTtlSeconds = Number.MAX_SAFE_INTEGER, renewable = true } = this.options;
    const ttlSeconds = Math.min(this.options.ttlSeconds ?? 60, maxTtlSeconds);
    const id = `creds/${(this.#serial += 1)}`;
    const login = this.#login;
    return this.#serve("issue", id, () => {
      const now = this.#clock.monotonicMs();
      const endsMs = now + ttlSeconds * 1_000;
      this.leases.set(id, { id, bornMs: now, endsMs, revocations: 0, login });
      const secret = Secret.json({ username: id, password: `password of ${id}` });
      return { id, secret, durationSeconds: ttlSeconds, renewable };
    });
  }

  async renew(
    id: string,
    { incrementSeconds }: { readonly incrementSeconds?: number | undefined },
  ): Promise<{ id: string; durationSeconds: number; renewable: boolean }> {
    const {
      ttlSeconds = 60,
      maxTtlSeconds = Number.MAX_SAFE_INTEGER,
      renewable = true,
    } = this.options;
    return this.#serve("renew", id, () => {
      if (!renewable) throw new UnsupportedError("Not renewable.");
      const lease = this.leases.get(id);
      const now = this.#clock.monotonicMs();
      const isOver = lease === undefined || lease.endsMs <= now || lease.login.endsMs <= now;
      if (isOver || lease.revocations > 0) {
        throw new LeaseExpiredError("Gone.");
      }
      const endsMs = Math.min(
        now + (incrementSeconds ?? ttlSeconds) * 1_000,
        lease.bornMs + maxTtlSeconds * 1_000,
      );
      lease.endsMs = endsMs;
      return { id, durationSeconds: Math.floor((endsMs - now) / 1_000), renewable };
    });
  }

  async revoke(id: string): Promise<void> {
    await this.#serve("revoke", id, () => {
      const lease = this.leases.get(id);
      if (lease !== undefined) lease.revocations += 1;
    });
  }

  async lookup(id: string): Promise<LeaseInfo> {
    return this.#serve("lookup", id, () => {
      const lease = this.leases.get(id);
      if (lease === undefined || !this.isValid(id)) throw new LeaseExpiredError("Gone.");
      const remainingSeconds = (lease.endsMs - this.#clock.monotonicMs()) / 1_000;
      const { renewable = true } = this.options;
      const unknown = { issuedAt: undefined, expiresAt: undefined, lastRenewedAt: undefined };
      return { id, renewable, remainingSeconds, ...unknown };
    });
  }

  list(): never {
    throw new Error("not used");
  }

  revokePrefix(): never {
    throw new Error("not used");
  }

  #makeBounds(): LeaseBounds {
    return {
      boundOf: (leaseId) => {
        const login = this.leases.get(leaseId)?.login;
        if (login === undefined) return undefined;
        const remainingSeconds = (login.endsMs - this.#clock.monotonicMs()) / 1_000;
        return { remainingSeconds, succeeded: login.succeeded };
      },
      onSucceeded: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  async #serve<Result>(
    operation: "issue" | "renew" | "revoke" | "lookup",
    id: string,
    work: () => Result,
  ): Promise<Result> {
    const count = this.count(operation);
    this.requests.push({ operation, id, atMs: this.#clock.monotonicMs() });
    const fault = this.options.fault?.(operation, count) ?? "none";
    await Promise.resolve();
    const error = (): Error =>
      operation === "renew" && this.#options.renewError !== undefined
        ? this.#options.renewError()
        : new UnavailableError("Down.");
    if (fault === "fail") throw error();
    if (fault === "hang") return new Promise<never>(() => undefined);
    const result = work();
    if (fault === "lose-answer") throw error();
    return result;
  }
}
