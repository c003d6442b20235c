import type { DynamicRequest } from "../capabilities/dynamic.js";
import { AbortedError, ClosedError, ConfigError } from "../errors/classes.js";
import { isSecretError } from "../errors/secret-error.js";
import type { SecretErrorCode } from "../errors/codes.js";
import { systemClock, type Clock } from "../runtime/clock.js";
import { silentLogger } from "../runtime/logger.js";
import { toCanonicalJson } from "../secret/json.js";
import type { LeaseContext } from "./context.js";
import type { CredentialHandle } from "./credential-handle.js";
import { settledWithin } from "./deadline.js";
import { IssueGates } from "./issue-gates.js";
import { createLeaseJournal, noJournal } from "./journal/lease-journal.js";
import { ManagedHandle } from "./managed-handle.js";
import { isDuration, type AcquireOptions, type LeaseManagerOptions } from "./options.js";
import { Revoker } from "./revoker.js";
import { SharedCredentials } from "./shared-handle.js";

/** What became of the leases that an ended process had left. */
export interface OrphanReport {
  readonly revoked: number;
  /** Stay in the journal, for the next start. */
  readonly failed: number;
  /** Why the journal could not be looked at. */
  readonly code?: SecretErrorCode | undefined;
}

/** Keeps credentials valid that a backend makes for the asker. */
export interface LeaseManager {
  /**
   * Has credentials issued, and keeps them valid until the handle is closed.
   * @throws NotFoundError for an unknown role, PermissionDeniedError, UnavailableError; AbortedError;
   *   ClosedError
   */
  acquire(options: AcquireOptions): Promise<CredentialHandle>;
  /** Settles, and never fails, when the leases of crashed processes were looked for and revoked. */
  readonly orphans: Promise<OrphanReport>;
  /** Revokes everything, within `closeTimeoutMs`. What remains is told by event. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a lease manager. It renews at 1/2 to 5/6 of a life, retries while time is left, rotates where
 * renewal ends, and revokes when closed. With a journal it first revokes what crashed processes left.
 *
 * @throws ConfigError
 * @example
 * const leases = createLeaseManager({ dynamic: store.as("dynamic") });
 * const database = await leases.acquire({ path: "database/creds/readonly" });
 * const { username, password } = database.current().secret.json(schema);
 * await leases.close();
 */
export function createLeaseManager(options: LeaseManagerOptions): LeaseManager {
  return new Manager(options);
}

class Manager implements LeaseManager {
  readonly orphans: Promise<OrphanReport>;
  readonly #context: LeaseContext;
  readonly #clock: Clock;
  readonly #handles = new Set<ManagedHandle>();
  readonly #shared = new Map<string, SharedCredentials>();
  readonly #gates: IssueGates;
  readonly #unsubscribe: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: LeaseManagerOptions) {
    const { dynamic, onEvent } = options;
    const { clock = systemClock, logger = silentLogger, random = Math.random } = options;
    const emit: LeaseContext["emit"] = (event) => {
      try {
        onEvent?.(event);
      } catch {
        logger.warn("A listener of lease events failed.");
      }
    };
    const callTimeoutMs = duration("callTimeoutMs", options.callTimeoutMs ?? 10_000);
    this.#clock = clock;
    this.#gates = new IssueGates(clock, random);
    this.#context = {
      dynamic,
      clock,
      random,
      logger,
      emit,
      callTimeoutMs,
      overlapMs: duration("overlapMs", options.overlapMs ?? 60_000),
      closeTimeoutMs: duration("closeTimeoutMs", options.closeTimeoutMs ?? 4_000),
      journal: options.journal === undefined ? noJournal : createLeaseJournal(options.journal),
      revoker: new Revoker({ dynamic, clock, random, emit, callTimeoutMs }),
      gateOf: (request) => this.#gates.of(keyOf(request)),
    };
    this.#unsubscribe = dynamic.bounds?.onSucceeded(() => {
      for (const handle of this.#handles) handle.heedBound();
    });
    this.orphans = this.#revokeOrphans();
  }

  async acquire({ path, parameters, shared, signal }: AcquireOptions): Promise<CredentialHandle> {
    this.#check();
    if (signal?.aborted === true) throw new AbortedError("The wait was cancelled.");
    const request = { path, parameters };
    if (shared !== true) return this.#open(request, signal);
    const key = keyOf(request);
    let credentials = this.#shared.get(key);
    if (credentials === undefined) {
      // Not under the signal of the first one who asks: others may wait for the same.
      credentials = new SharedCredentials(
        (unused) => this.#open(request, unused),
        () => {
          if (this.#shared.get(key) === credentials) this.#shared.delete(key);
        },
      );
      this.#shared.set(key, credentials);
    }
    return credentials.join(signal);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #open(request: DynamicRequest, signal: AbortSignal | undefined): Promise<CredentialHandle> {
    const handle: ManagedHandle = new ManagedHandle(this.#context, request, () => {
      this.#handles.delete(handle);
    });
    this.#handles.add(handle);
    await handle.open(signal);
    this.#check();
    return handle;
  }

  async #close(): Promise<void> {
    const { revoker, journal, closeTimeoutMs } = this.#context;
    this.#unsubscribe?.();
    const untilMs = this.#clock.monotonicMs() + closeTimeoutMs;
    const handles = [...this.#handles].map((handle) => handle.close());
    // The handles hand their leases over before this gives the event loop away for long.
    await settledWithin(Promise.all(handles), { clock: this.#clock, ms: closeTimeoutMs * 0.9 });
    await revoker.close(untilMs);
    await settledWithin(journal.close(), { clock: this.#clock, ms: closeTimeoutMs * 0.1 });
  }

  async #revokeOrphans(): Promise<OrphanReport> {
    const { journal, revoker } = this.#context;
    let revoked = 0;
    let failed = 0;
    try {
      for (const { leaseIds, file } of await journal.orphans()) {
        const ended = async (leaseId: string): Promise<void> => {
          revoked += 1;
          await file.ended(leaseId);
        };
        const work = leaseIds.map((id) =>
          revoker.revoke({ id, path: "", generation: 0, journal: { ended } }),
        );
        const before = revoked;
        await Promise.all(work);
        failed += leaseIds.length - (revoked - before);
        if (revoked - before === leaseIds.length) await file.close();
      }
    } catch (error) {
      this.#context.logger.warn("The lease journal cannot be used.");
      return { revoked, failed, code: isSecretError(error) ? error.code : "Unavailable" };
    }
    return { revoked, failed };
  }

  #check(): void {
    if (this.#closed === undefined) return;
    throw new ClosedError("The lease manager was closed.", {
      operation: "acquire",
      reason: "manager-closed",
      advice: "Make a new one.",
    });
  }
}

/** Requests with the same key are answered with credentials of the same kind. */
function keyOf({ path, parameters }: DynamicRequest): string {
  return toCanonicalJson([path, parameters ?? null]);
}

function duration(field: string, value: number): number {
  if (isDuration(value)) return value;
  throw new ConfigError(`The option ${field} is not a time that can be kept.`, {
    reason: "bad-duration",
    field,
    advice: "Give milliseconds, from 0 to a day.",
  });
}
