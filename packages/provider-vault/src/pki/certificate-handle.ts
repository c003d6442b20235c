import { ClosedError, LeaseExpiredError, type Clock } from "@kinko/core";
import { invalid } from "../engine/fields.js";
import type {
  CertificateHandle,
  CertificateHandleOptions,
  KeptCertificate,
  SecureAgent,
  SecureServer,
} from "./handle-types.js";
import type { CertificateRequest, IssuedCertificate } from "./types.js";

/** What a handle works with. */
export interface HandleContext {
  readonly issue: (request: CertificateRequest, signal: AbortSignal) => Promise<IssuedCertificate>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Longest sleep between two looks at the clock: a suspended machine's timers do not know of it. */
const maxSleepMs = 60_000;
const retryFloorMs = 1_000;
const retryCeilingMs = 60_000;
const defaultRenewAfter = 2 / 3;
/** Spread of renewals, as a part of the life, to both sides. */
const jitter = 0.1;

/** Has the first certificate issued, and keeps it. @throws what the engine answers */
export async function openCertificate(
  context: HandleContext,
  options: CertificateHandleOptions,
): Promise<CertificateHandle> {
  const { renewAfter = defaultRenewAfter, onRenewalFailed, ...request } = options;
  if (!(renewAfter >= 0.1 && renewAfter <= 0.9)) {
    throw invalid("renewAfter", "invalid-part", "Write a part of the life from 0.1 to 0.9.");
  }
  const handle = new Handle(context, request, renewAfter, onRenewalFailed);
  await handle.open();
  return handle;
}

class Handle implements CertificateHandle {
  readonly #context: HandleContext;
  readonly #request: CertificateRequest;
  readonly #renewAfter: number;
  readonly #onFailed: ((error: unknown) => void) | undefined;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(certificate: KeptCertificate) => void>();
  #current: KeptCertificate | undefined;
  #renewAtMs = 0;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(
    context: HandleContext,
    request: CertificateRequest,
    renewAfter: number,
    onFailed: ((error: unknown) => void) | undefined,
  ) {
    this.#context = context;
    this.#request = request;
    this.#renewAfter = renewAfter;
    this.#onFailed = onFailed;
  }

  async open(): Promise<void> {
    this.#take(await this.#context.issue(this.#request, this.#closing.signal));
  }

  current(): KeptCertificate {
    if (this.#closing.signal.aborted || this.#current === undefined) {
      throw new ClosedError("The certificate handle was closed.", { operation: "current" });
    }
    if (this.#context.clock.now() < this.#current.expiresAt.getTime()) return this.#current;
    throw new LeaseExpiredError(
      "The certificate has ended, and a new one could not be had so far.",
      {
        operation: "current",
        reason: "no-valid-certificate",
        retryable: true,
        advice: "Check that Vault can be reached; the next try follows by itself.",
      },
    );
  }

  secureContext(): { readonly key: string; readonly cert: string; readonly ca: string } {
    const { privateKey, certificate, chain } = this.current();
    // The root is what others trust by themselves; a chain of one has no other.
    const sent = chain.length > 1 ? chain.slice(0, -1) : [];
    const ca = chain.at(-1) ?? certificate;
    return { key: privateKey.text(), cert: [certificate, ...sent].join(""), ca };
  }

  onRenew(listener: (certificate: KeptCertificate) => void): () => void {
    const own = (certificate: KeptCertificate): void => listener(certificate);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  serve(server: SecureServer): () => void {
    // A server starts further connections with the new context; open ones keep theirs.
    const give = (): void => server.setSecureContext(this.secureContext());
    give();
    return this.onRenew(give);
  }

  identify(agent: SecureAgent): () => void {
    const give = (): void => void Object.assign(agent.options, this.secureContext());
    give();
    return this.onRenew(give);
  }

  close(): void {
    this.#closing.abort();
    this.#cancelTimer();
    this.#listeners.clear();
    this.#current?.privateKey.dispose();
    this.#current = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #take(issued: IssuedCertificate): void {
    const { clock, random } = this.#context;
    if (this.#closing.signal.aborted) {
      issued.privateKey.dispose();
      return;
    }
    const previous = this.#current;
    const now = clock.now();
    const lifeMs = issued.expiresAt.getTime() - now;
    const part = Math.min(this.#renewAfter + (random() * 2 - 1) * jitter, 0.95);
    this.#current = { ...issued, generation: (previous?.generation ?? 0) + 1 };
    this.#renewAtMs = now + lifeMs * part;
    this.#failures = 0;
    for (const listener of this.#listeners) {
      try {
        listener(this.#current);
      } catch (error) {
        this.#tell(error);
      }
    }
    previous?.privateKey.dispose();
    this.#arm();
  }

  #arm(): void {
    const delayMs = Math.min(Math.max(this.#renewAtMs - this.#context.clock.now(), 0), maxSleepMs);
    this.#cancelTimer = this.#context.clock.schedule(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    if (this.#context.clock.now() + 1 < this.#renewAtMs) {
      this.#arm();
      return;
    }
    try {
      this.#take(await this.#context.issue(this.#request, this.#closing.signal));
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#retry();
      this.#tell(error);
    }
  }

  /** 1 s, 2 s, 4 s … a minute; never more than a quarter of what is left, so that tries remain. */
  #retry(): void {
    const { clock, random } = this.#context;
    const leftMs = (this.#current?.expiresAt.getTime() ?? 0) - clock.now();
    const wanted = Math.min(retryFloorMs * 2 ** Math.min(this.#failures, 10), retryCeilingMs);
    const bounded = leftMs > 0 ? Math.min(wanted, Math.max(leftMs / 4, retryFloorMs)) : wanted;
    this.#failures += 1;
    this.#renewAtMs = clock.now() + bounded * (1 + random() / 4);
    this.#arm();
  }

  #tell(error: unknown): void {
    try {
      this.#onFailed?.(error);
    } catch {
      // What a listener throws must not stop renewals.
    }
  }
}
