import type { CapabilityMap, CapabilityName, VersionInfo } from "../capabilities/capability-map.js";
import { InvalidRefError, UnsupportedError } from "../errors/classes.js";
import { isSecretError } from "../errors/secret-error.js";
import { EventHub } from "../events/event-hub.js";
import { withCallEvents, type CallEvents } from "../events/call-events.js";
import type { StoreEventListener, StoreEventName } from "../events/store-events.js";
import type {
  CallOptions,
  ProviderCapabilities,
  ProviderHealth,
  PutResult,
  SecretProvider,
} from "../provider.js";
import { createAttemptsPort } from "../resilience/attempts-port.js";
import { checkResilience } from "../resilience/check-options.js";
import { formatRef } from "../refs/format-ref.js";
import type { RefInput, SecretRef } from "../refs/ref.js";
import { silentLogger, type Logger } from "../runtime/logger.js";
import { resolved } from "../runtime/resolved.js";
import { systemClock, type Clock } from "../runtime/clock.js";
import type { Secret, SecretInput } from "../secret/secret.js";
import { createBudget, type BudgetedOptions } from "./budget.js";
import { createChecks, type Checks } from "./checks.js";
import { createCallRunner, type CallRunner } from "./call.js";
import { change } from "./change.js";
import { getMany } from "./get-many.js";
import { createListing } from "./listing.js";
import { patchFields } from "./patch.js";
import { defaultTimeoutMs, type PortableStoreOptions } from "./portable-store-options.js";
import { PutCall } from "./put-call.js";
import { createReadPace, type ReadPace } from "./read-rate.js";
import { never, Reads, type InnerOptions } from "./reads.js";
import type {
  DeleteOptions,
  GetManyOptions,
  GetOptions,
  Listing,
  ListOptions,
  PatchOptions,
  PutOptions,
  Requirement,
  SecretChange,
  SecretStore,
  StoreCallOptions,
  ValidationReport,
  WatchOptions,
} from "./secret-store.js";
import { toSecret } from "./to-secret.js";
import { validate } from "./validate.js";
import { withWrappedErrors } from "./wrapped-capability.js";
import { watch } from "./watch.js";

/**
 * Makes the portable store of a driver. Applications usually call `openStore`, which reads the
 * config and finds the driver.
 */
export function createStore(
  name: string,
  provider: SecretProvider,
  options: PortableStoreOptions = {},
): SecretStore {
  return new PortableStore(name, provider, options);
}

class PortableStore implements SecretStore {
  readonly provider: string;
  readonly #driver: SecretProvider;
  readonly #calls: CallRunner;
  readonly #checks: Checks;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timeoutMs: number;
  readonly #pace: ReadPace;
  readonly #events: EventHub;
  readonly #callEvents: CallEvents;
  readonly #reads: Reads;
  /** What `as` gave out, by the driver's own object: the same one each time. */
  readonly #offered = new WeakMap<object, object>();
  #closing: Promise<void> | undefined;

  constructor(name: string, driver: SecretProvider, options: PortableStoreOptions) {
    checkResilience(options.resilience);
    this.provider = name;
    this.#driver = driver;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#events = new EventHub(this.#logger);
    this.#callEvents = { hub: this.#events, clock: this.#clock, provider: name };
    this.#calls = createCallRunner({
      provider: name,
      clock: this.#clock,
      timeoutMs: this.#timeoutMs,
      classifyError: (error) => driver.classifyError(error),
      attempts: createAttemptsPort(options.resilience, {
        provider: name,
        clock: this.#clock,
        events: this.#events,
        random: options.random,
      }),
    });
    this.#checks = createChecks(name, driver, this.#calls);
    this.#reads = new Reads({
      driver,
      calls: this.#calls,
      checks: this.#checks,
      callEvents: this.#callEvents,
      timeoutMs: this.#timeoutMs,
      logger: this.#logger,
      cache: options.resilience === false ? undefined : options.resilience?.cache,
    });
    this.#pace = createReadPace(driver.capabilities.limits, this.#clock);
  }

  get capabilities(): ProviderCapabilities {
    return this.#driver.capabilities;
  }

  /** No async function, whose frame a hit of the cache would pay for. */
  get(ref: RefInput, options?: GetOptions): Promise<Secret> {
    if (typeof ref === "string" && options === undefined) {
      const secret = this.#reads.hit(ref);
      if (secret !== undefined) return resolved(secret);
    }
    return this.#get(ref, options ?? {});
  }

  async #get(ref: RefInput, options: GetOptions): Promise<Secret> {
    const text = typeof ref === "string" ? ref : undefined;
    return this.#reads.get(this.#checks.parse("get", ref), text, options);
  }

  async tryGet(ref: RefInput, options?: GetOptions): Promise<Secret | undefined> {
    try {
      return await this.get(ref, options);
    } catch (error) {
      if (isSecretError(error, "NotFound")) return undefined;
      throw error;
    }
  }

  async getMany(
    refs: readonly RefInput[],
    options: GetManyOptions = {},
  ): Promise<Map<string, Secret>> {
    const parsed = refs.map((ref) => this.#checks.parse("get", ref));
    if (this.#reads.cache?.restoring !== undefined) await this.#reads.cache.restoring;
    const budget = this.#budget(options);
    const { fresh, allowStale } = options;
    // The check of a version that cannot be had is part of a single read.
    const single = parsed.some(
      ({ version }) => version !== undefined && !this.#checks.has("versions"),
    );
    return getMany(parsed, options, {
      read: (ref) => this.#reads.oneOfMany(ref, { ...budget(), fresh, allowStale }, this.#pace),
      concurrency: this.#pace.concurrency,
      bulk: single ? undefined : this.#driver.capabilities.extensions.bulkGet,
      cache: this.#reads.cache,
      runBulk: (work) => this.#run("get", undefined, options, work),
      toSecret: (ref, found) => toSecret(this.provider, ref, found),
      wrap: (ref, error) => this.#calls.wrap(error, { operation: "get", ref }),
    });
  }

  async put(ref: RefInput, value: SecretInput, options: PutOptions = {}): Promise<PutResult> {
    const parsed = this.#checks.parse("put", ref);
    this.#checks.refuseVersion(parsed, "put");
    if (options.tags !== undefined) this.#checks.require("tags", "put", parsed);
    if (options.ifVersion !== undefined) this.#checks.require("checkAndSet", "put", parsed);
    const secret = this.#checks.toSecret(parsed, value);
    try {
      if (parsed.field === undefined) return await this.#write("put", parsed, secret, options);
      const fields = new Map([[parsed.field, secret]]);
      return await patchFields(this.#patchPort("put", options), parsed, fields, {
        ...options,
        createIfAbsent: true,
      });
    } finally {
      if (secret !== value) secret.dispose();
    }
  }

  async patch(
    ref: RefInput,
    fields: Readonly<Record<string, unknown>>,
    options: PatchOptions = {},
  ): Promise<PutResult> {
    const parsed = this.#checks.parse("patch", ref);
    this.#checks.refuseVersion(parsed, "patch");
    if (parsed.field !== undefined) {
      throw new InvalidRefError("patch takes the fields as its second argument.", {
        provider: this.provider,
        operation: "patch",
        ref: formatRef(parsed),
        reason: "unexpected-field",
        advice: "Leave out the #field of the reference.",
      });
    }
    const entries = Object.keys(fields).map((name) => [name, fields[name]] as const);
    return patchFields(this.#patchPort("patch", options), parsed, new Map(entries), options);
  }

  async delete(ref: RefInput, options: DeleteOptions = {}): Promise<void> {
    const parsed = this.#checks.parseWithoutField(ref, "delete");
    const mode = options.mode ?? "soft";
    this.#checks.refuseMovingVersion(parsed, "delete");
    const feature =
      parsed.version === undefined
        ? ({ soft: "softDelete", purge: "purge" } as const)[mode]
        : ({ soft: "deleteVersion", purge: "destroyVersion" } as const)[mode];
    this.#checks.require(feature, "delete", parsed);
    return this.#change("delete", parsed, options, ({ signal }) =>
      this.#driver.delete(parsed, { signal, mode }),
    );
  }

  async undelete(ref: RefInput, options: StoreCallOptions = {}): Promise<void> {
    const parsed = this.#checks.parseWithoutField(ref, "undelete");
    this.#checks.require("undelete", "undelete", parsed);
    const versions = this.#capability("versions");
    return this.#change("undelete", parsed, options, (call) => versions.undelete(parsed, call));
  }

  async versions(ref: RefInput, options: StoreCallOptions = {}): Promise<readonly VersionInfo[]> {
    const parsed = this.#checks.parseWithoutField(ref, "versions");
    this.#checks.require("versions", "versions", parsed);
    const versions = this.#capability("versions");
    return this.#run("versions", parsed, options, (call) => versions.list(parsed, call));
  }

  list(options: ListOptions = {}): Listing {
    return createListing(options, this.#calls, (listOptions) => this.#driver.list(listOptions));
  }

  watch(
    refs: RefInput | readonly RefInput[],
    options: WatchOptions = {},
  ): AsyncIterable<SecretChange> {
    const inputs = Array.isArray(refs) ? (refs as readonly RefInput[]) : [refs as RefInput];
    const parsed = inputs.map((ref) => this.#checks.parse("watch", ref));
    return watch(parsed, options, {
      get: (ref, callOptions) => this.#reads.direct(ref, { ...callOptions, mayRetry: never }),
      calls: this.#calls,
      clock: this.#clock,
      logger: this.#logger,
      push: this.#driver.capabilities.extensions.watch,
    });
  }

  async validate(
    requirements: readonly Requirement[],
    options: StoreCallOptions = {},
  ): Promise<ValidationReport> {
    const permissions = this.#capability("permissions");
    const budget = this.#budget(options);
    const parsed = requirements.map(({ ref, operations }) => ({
      ref: this.#checks.parse("validate", ref),
      operations,
    }));
    return validate(parsed, (ref, operations) =>
      this.#run("validate", ref, budget(), (call) => permissions.check(ref, operations, call)),
    );
  }

  async health(options: StoreCallOptions = {}): Promise<ProviderHealth> {
    try {
      // Once and past the breaker: whoever asks for the health wants to know it as it is now.
      return await this.#run(
        "health",
        undefined,
        options,
        (call) => this.#driver.health(call),
        true,
      );
    } catch (error) {
      if (!isSecretError(error) || error.code === "Closed" || error.code === "Aborted") throw error;
      return { status: "unhealthy", code: error.code, message: error.message, details: {} };
    }
  }

  as<Name extends CapabilityName>(name: Name): NonNullable<CapabilityMap[Name]> {
    const capability = this.#capability(name);
    const known = this.#offered.get(capability) as typeof capability | undefined;
    if (known !== undefined) return known;
    const offered = withWrappedErrors(capability, (error) =>
      this.#calls.wrap(error, { operation: name }),
    );
    this.#offered.set(capability, offered);
    return offered;
  }

  #capability<Name extends CapabilityName>(name: Name): NonNullable<CapabilityMap[Name]> {
    const capability = this.#driver.capabilities.extensions[name];
    if (capability === undefined) {
      throw new UnsupportedError(`The provider ${this.provider} does not offer ${name}.`, {
        provider: this.provider,
        reason: `no-${name}`,
        advice: "Use a provider that does; the capability table of the documentation lists them.",
      });
    }
    return capability;
  }

  on<Name extends StoreEventName>(name: Name, listener: StoreEventListener<Name>): () => void {
    return this.#events.on(name, listener);
  }

  close(): Promise<void> {
    this.#calls.close();
    const saved = this.#reads.cache?.close();
    this.#closing ??= this.#closeDriver(saved);
    return this.#closing;
  }

  async #closeDriver(saved: Promise<void> | undefined): Promise<void> {
    try {
      await saved;
      await this.#driver.close();
    } catch (error) {
      throw this.#calls.wrap(error, { operation: "close" });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<Result>(
    operation: string,
    ref: SecretRef | undefined,
    options: InnerOptions,
    work: (call: CallOptions) => Promise<Result>,
    bare = false,
  ): Promise<Result> {
    const call = {
      bare,
      operation,
      ref,
      signal: options.signal,
      timeoutMs: options.timeoutMs,
      totalMs: options.totalMs,
      mayRetry: options.mayRetry,
    };
    return withCallEvents(this.#callEvents, operation, ref, () => this.#calls.run(call, work));
  }

  #budget(options: StoreCallOptions): () => BudgetedOptions {
    return createBudget(options, this.#clock, this.#timeoutMs);
  }

  #change<Result>(
    operation: string,
    ref: SecretRef,
    options: InnerOptions,
    work: (call: CallOptions) => Promise<Result>,
  ): Promise<Result> {
    return change(this.#reads.cache, ref, work, (inner) =>
      this.#run(operation, ref, options, inner),
    );
  }

  async #write(
    operation: string,
    ref: SecretRef,
    secret: Secret,
    options: PutOptions,
  ): Promise<PutResult> {
    this.#checks.size(operation, ref, secret);
    return this.#change(operation, ref, options, (call) =>
      this.#driver.put(ref, secret, new PutCall(call, options)),
    );
  }

  #patchPort(
    operation: "put" | "patch",
    options: StoreCallOptions,
  ): Parameters<typeof patchFields>[0] {
    const budget = this.#budget(options);
    return {
      operation,
      provider: this.provider,
      features: this.#driver.capabilities.features,
      native: this.#driver.capabilities.extensions.patch,
      wrap: (ref, error) => this.#calls.wrap(error, { operation, ref }),
      run: (ref, work) => this.#change(operation, ref, budget(), work),
      pause: async (delayMs) => {
        const { signal } = options;
        try {
          await this.#clock.sleep(delayMs, { signal });
        } catch (error) {
          throw this.#calls.wrap(error, { operation });
        }
      },
      get: (ref) => this.#reads.direct(ref, budget(), operation),
      put: (ref, value, putOptions) =>
        this.#write(operation, ref, value, { ...putOptions, ...budget() }),
    };
  }
}
