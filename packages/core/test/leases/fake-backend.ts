import {
  LeaseExpiredError,
  Secret,
  UnavailableError,
  UnsupportedError,
  type Clock,
  type DynamicCapability,
  type IssuedLease,
} from "../../src/index.js";

interface KnownLease {
  readonly id: string;
  readonly bornMs: number;
  endsMs: number;
  revocations: number;
}

/** What a test makes of one request; `fail` after the backend has done it loses the answer. */
export type Fault = "none" | "fail" | "lose-answer" | "hang";

export interface FakeBackendOptions {
  readonly ttlSeconds?: number;
  readonly maxTtlSeconds?: number;
  readonly renewable?: boolean;
  readonly fault?: (operation: "issue" | "renew" | "revoke", count: number) => Fault;
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
  #serial = 0;

  constructor(clock: Clock, options: FakeBackendOptions = {}) {
    this.#clock = clock;
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
      .filter((l) => l.revocations === 0 && l.endsMs > now)
      .map((l) => l.id);
  }

  isValid(id: string): boolean {
    return this.living.includes(id);
  }

  async issue(): Promise<IssuedLease> {
    const { maxTtlSeconds = Number.MAX_SAFE_INTEGER, renewable = true } = this.options;
    const ttlSeconds = Math.min(this.options.ttlSeconds ?? 60, maxTtlSeconds);
    const id = `creds/${(this.#serial += 1)}`;
    return this.#serve("issue", id, () => {
      const now = this.#clock.monotonicMs();
      this.leases.set(id, { id, bornMs: now, endsMs: now + ttlSeconds * 1_000, revocations: 0 });
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
      if (lease === undefined || lease.revocations > 0 || lease.endsMs <= now) {
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

  lookup(): never {
    throw new Error("not used");
  }

  list(): never {
    throw new Error("not used");
  }

  revokePrefix(): never {
    throw new Error("not used");
  }

  async #serve<Result>(
    operation: "issue" | "renew" | "revoke",
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
