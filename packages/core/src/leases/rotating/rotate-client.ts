import { ClosedError, AbortedError, ConfigError } from "../../errors/classes.js";
import { isSecretError } from "../../errors/secret-error.js";
import { systemClock, type Clock } from "../../runtime/clock.js";
import type {
  CredentialHandle,
  CredentialRotation,
  LeasedCredentials,
} from "../credential-handle.js";
import { isDuration } from "../options.js";
import { retryDelayMs } from "../schedule.js";
import { unlessAborted } from "../unless-aborted.js";
import { ClientGeneration } from "./client-generation.js";
import type {
  ClientUse,
  RotateClientOptions,
  RotatingClient,
  RotatingClientEvent,
} from "./options.js";
import { hasSameUsername } from "./same-username.js";

/**
 * Keeps a client of any kind on credentials that change: a new one is opened with the new
 * credentials, uses move over when it works, the old one is closed when its last use is over, and
 * only then is the old lease revoked. Opened at the first use.
 *
 * @throws ConfigError
 * @example
 * const cache = rotateClient({
 *   handle: await leases.acquire({ path: "database/creds/cache" }),
 *   open: ({ secret }) =>
 *     connect(secret.field("username").text(), secret.field("password").text()),
 *   close: (client, { forced }) => (forced ? client.destroy() : client.quit()),
 * });
 * await cache.use((client) => client.get("greeting"));
 */
export function rotateClient<Client>(options: RotateClientOptions<Client>): RotatingClient<Client> {
  return new Rotating(options);
}

class Rotating<Client> implements RotatingClient<Client> {
  readonly #options: RotateClientOptions<Client>;
  readonly #handle: CredentialHandle;
  readonly #clock: Clock;
  readonly #drainTimeoutMs: number;
  readonly #closing = new AbortController();
  /** Callers that wait for a client; `close` ends their waits. */
  readonly #waiting = new Set<AbortController>();
  readonly #generations = new Map<number, ClientGeneration<Client>>();
  readonly #unsubscribe: () => void;
  #serving: ClientGeneration<Client> | undefined;
  #opening: { readonly generation: number; readonly work: Promise<void> } | undefined;
  /** Newest generation that was heard of. */
  #newest = 0;
  /** Newest generation of which opening a client has failed. */
  #failed = 0;
  #closed: Promise<void> | undefined;

  constructor(options: RotateClientOptions<Client>) {
    const { drainTimeoutMs = 60_000 } = options;
    if (!isDuration(drainTimeoutMs)) {
      throw new ConfigError("The option drainTimeoutMs is not a time that can be kept.", {
        reason: "bad-duration",
        field: "drainTimeoutMs",
        advice: "Give milliseconds, from 0 to a day.",
      });
    }
    this.#options = options;
    this.#handle = options.handle;
    this.#clock = options.clock ?? systemClock;
    this.#drainTimeoutMs = drainTimeoutMs;
    this.#unsubscribe = this.#handle.onRotate((rotation) => this.#rotate(rotation));
  }

  get generation(): number | undefined {
    return this.#closed === undefined ? this.#serving?.number : undefined;
  }

  async use<Result>(
    work: (client: Client, options: { readonly signal: AbortSignal }) => Result | Promise<Result>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Result> {
    const { client, signal, release } = await this.acquire(options);
    try {
      return await work(client, { signal });
    } finally {
      release();
    }
  }

  async acquire({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<
    ClientUse<Client>
  > {
    while (true) {
      this.#check();
      const serving = this.#serving;
      if (serving !== undefined && this.#isUsable(serving)) return serving.enter();
      await this.#move(signal);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Until the new client is there the old one serves, as long as its credentials are good. Where only
   * its connections are, which cannot become more, the new one is waited for first.
   */
  #isUsable({ number, overlap, outlives }: ClientGeneration<Client>): boolean {
    if (overlap !== undefined) return !overlap.aborted;
    if (outlives) return this.#failed === this.#newest;
    try {
      return this.#handle.current().generation === number;
    } catch (error) {
      if (isSecretError(error, "LeaseExpired")) return false;
      throw error;
    }
  }

  /** Waits for credentials and has a client opened, for a caller. */
  async #move(signal: AbortSignal | undefined): Promise<void> {
    const wait = new AbortController();
    const abort = (): void => wait.abort();
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    this.#waiting.add(wait);
    let generation = this.#newest;
    try {
      const credentials = await this.#handle.ready({ signal: wait.signal });
      ({ generation } = credentials);
      await unlessAborted(this.#open(credentials), wait.signal);
    } catch (error) {
      this.#check();
      // What the caller waited for has been replaced meanwhile: that is no failure.
      if (generation < this.#newest && !wait.signal.aborted) return;
      const serving = this.#serving;
      if (!wait.signal.aborted && serving !== undefined && this.#isUsable(serving)) return;
      throw error;
    } finally {
      this.#waiting.delete(wait);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** One opening of a generation at a time, whoever wants it. */
  #open(credentials: LeasedCredentials): Promise<void> {
    const { generation } = credentials;
    if (this.#serving?.number === generation) return Promise.resolve();
    if (this.#opening?.generation === generation) return this.#opening.work;
    this.#newest = Math.max(this.#newest, generation);
    const work = this.#make(credentials)
      .catch((error: unknown) => {
        this.#failed = Math.max(this.#failed, generation);
        throw error;
      })
      .finally(() => {
        if (this.#opening?.work === work) this.#opening = undefined;
      });
    this.#opening = { generation, work };
    return work;
  }

  async #make(credentials: LeasedCredentials): Promise<void> {
    const { generation } = credentials;
    const client = await this.#options.open(credentials, { signal: this.#closing.signal });
    if (this.#closed !== undefined || generation < this.#newest) {
      await Promise.resolve(this.#options.close(client, { forced: false })).catch(() => undefined);
      throw new AbortedError("The client was replaced before it was open.");
    }
    const made = new ClientGeneration(generation, client, {
      clock: this.#clock,
      drainTimeoutMs: this.#drainTimeoutMs,
      retire: (old) => this.#options.retire?.(old),
      close: (old, how) => this.#options.close(old, how),
      onClosing: () => {
        if (this.#serving === made) this.#serving = undefined;
      },
      onClosed: (cutUses) => {
        this.#generations.delete(generation);
        this.#emit({ type: "closed", generation, cutUses });
      },
    });
    const replaced = this.#serving;
    this.#generations.set(generation, made);
    this.#serving = made;
    this.#emit({ type: "opened", generation });
    replaced?.retire();
  }

  /** The lease manager revokes the previous lease when this has settled, or the overlap is over. */
  async #rotate({ previous, current, signal }: CredentialRotation): Promise<void> {
    this.#newest = current.generation;
    const old = this.#generations.get(previous.generation);
    const opening = this.#opening;
    const { outlives = hasSameUsername } = this.#options;
    if (outlives({ previous, current })) {
      if (old !== undefined) old.outlives = true;
    } else {
      // With it end those that have outlived others before.
      for (const each of this.#generations.values()) {
        if (each.number < current.generation && each.overlap === undefined) each.endWith(signal);
      }
    }
    if (this.#serving !== undefined) void this.#replace(current);
    if (opening?.generation === previous.generation) await opening.work.catch(() => undefined);
    await old?.closed;
  }

  /** Tries until the new client is open, or the old one's time is over. */
  async #replace(credentials: LeasedCredentials): Promise<void> {
    const { generation } = credentials;
    for (let failures = 1; this.#isDue(generation); failures += 1) {
      try {
        await this.#open(credentials);
        return;
      } catch {
        if (this.#isDue(generation)) this.#emit({ type: "open-failed", generation });
      }
      const { signal } = this.#closing;
      await this.#clock
        .sleep(retryDelayMs(failures, Math.random()), { signal })
        .catch(() => undefined);
    }
  }

  #isDue(generation: number): boolean {
    const serving = this.#serving;
    return (
      this.#closed === undefined &&
      generation === this.#newest &&
      serving !== undefined &&
      serving.number < generation
    );
  }

  async #close(): Promise<void> {
    this.#unsubscribe();
    this.#closing.abort();
    for (const wait of this.#waiting) wait.abort();
    await this.#opening?.work.catch(() => undefined);
    const generations = [...this.#generations.values()];
    for (const generation of generations) generation.end();
    await Promise.all(generations.map(({ closed }) => closed));
  }

  #emit(event: RotatingClientEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch {
      // A listener must not stop a rotation.
    }
  }

  #check(): void {
    if (this.#closed === undefined) return;
    throw new ClosedError("The client was closed.", {
      operation: "acquire",
      reason: "client-closed",
      advice: "Make a new one.",
    });
  }
}
