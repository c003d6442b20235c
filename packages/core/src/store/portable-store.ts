import type { CapabilityMap, CapabilityName, VersionInfo } from "../capabilities/capability-map.js";
import type { FeatureName } from "../capabilities/features.js";
import { InvalidRefError, TooLargeError, UnsupportedError } from "../errors/classes.js";
import { isSecretError } from "../errors/secret-error.js";
import type {
  ProviderCapabilities,
  ProviderHealth,
  ProviderSecret,
  PutResult,
  SecretProvider,
} from "../provider.js";
import { formatPath, formatRef } from "../refs/format-ref.js";
import { parseRef } from "../refs/parse-ref.js";
import type { RefInput, SecretRef } from "../refs/ref.js";
import { silentLogger, type Logger } from "../runtime/logger.js";
import { systemClock, type Clock } from "../runtime/clock.js";
import { Secret, type SecretInput } from "../secret/secret.js";
import { createCallRunner, type CallRunner } from "./call.js";
import { getMany } from "./get-many.js";
import { createListing } from "./listing.js";
import { patchFields } from "./patch.js";
import type {
  DeleteOptions,
  GetManyOptions,
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
import { validate } from "./validate.js";
import { watch } from "./watch.js";

/** How a store behaves, whatever its provider. */
export interface PortableStoreOptions {
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** Total time of a call in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** Default of `timeoutMs`. */
export const defaultTimeoutMs = 10_000;

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
  readonly #clock: Clock;
  readonly #logger: Logger;
  #closing: Promise<void> | undefined;

  constructor(name: string, driver: SecretProvider, options: PortableStoreOptions) {
    this.provider = name;
    this.#driver = driver;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#calls = createCallRunner({
      provider: name,
      clock: this.#clock,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      classifyError: (error) => driver.classifyError(error),
    });
  }

  get capabilities(): ProviderCapabilities {
    return this.#driver.capabilities;
  }

  async get(ref: RefInput, options: StoreCallOptions = {}): Promise<Secret> {
    return this.#read("get", parseRef(ref), options);
  }

  async tryGet(ref: RefInput, options: StoreCallOptions = {}): Promise<Secret | undefined> {
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
    return getMany(refs.map(parseRef), options, {
      get: (ref) => this.get(ref, options),
      bulk: this.#driver.capabilities.extensions.bulkGet,
      runBulk: (work) => this.#run("get", undefined, options, work),
      toSecret: (ref, found) => this.#toSecret(ref, found),
      wrap: (ref, error) => this.#run("get", ref, {}, () => Promise.reject(error)),
    });
  }

  async put(ref: RefInput, value: SecretInput, options: PutOptions = {}): Promise<PutResult> {
    const parsed = parseRef(ref);
    this.#refuseVersion(parsed, "put");
    const secret = Secret.from(value);
    if (options.tags !== undefined) this.#require("tags", "put", parsed);
    if (options.ifVersion !== undefined) this.#require("checkAndSet", "put", parsed);
    if (parsed.field !== undefined) {
      this.#checkSize("put", parsed, secret);
      return patchFields(this.#patchPort("put"), parsed, new Map([[parsed.field, secret]]), {
        ...options,
        createIfAbsent: true,
      });
    }
    return this.#write("put", parsed, secret, options);
  }

  async patch(
    ref: RefInput,
    fields: Readonly<Record<string, unknown>>,
    options: PatchOptions = {},
  ): Promise<PutResult> {
    const parsed = parseRef(ref);
    this.#refuseVersion(parsed, "patch");
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
    return patchFields(this.#patchPort("patch"), parsed, new Map(entries), options);
  }

  async delete(ref: RefInput, options: DeleteOptions = {}): Promise<void> {
    const parsed = this.#parseWithoutField(ref, "delete");
    const mode = options.mode ?? "soft";
    const single = parsed.version !== undefined && parsed.version.kind !== "latest";
    this.#require(
      mode === "soft"
        ? single
          ? "deleteVersion"
          : "softDelete"
        : parsed.version === undefined
          ? "purge"
          : "destroyVersion",
      "delete",
      parsed,
    );
    return this.#run("delete", parsed, options, (signal) =>
      this.#driver.delete(parsed, { signal, mode }),
    );
  }

  async undelete(ref: RefInput, options: StoreCallOptions = {}): Promise<void> {
    const parsed = this.#parseWithoutField(ref, "undelete");
    this.#require("undelete", "undelete", parsed);
    const versions = this.as("versions");
    return this.#run("undelete", parsed, options, (signal) =>
      versions.undelete(parsed, { signal }),
    );
  }

  async versions(ref: RefInput, options: StoreCallOptions = {}): Promise<readonly VersionInfo[]> {
    const parsed = this.#parseWithoutField(ref, "versions");
    this.#require("versions", "versions", parsed);
    const versions = this.as("versions");
    return this.#run("versions", parsed, options, (signal) => versions.list(parsed, { signal }));
  }

  list(options: ListOptions = {}): Listing {
    return createListing(options, this.#calls, (listOptions) => this.#driver.list(listOptions));
  }

  watch(
    refs: RefInput | readonly RefInput[],
    options: WatchOptions = {},
  ): AsyncIterable<SecretChange> {
    const inputs = Array.isArray(refs) ? (refs as readonly RefInput[]) : [refs as RefInput];
    return watch(inputs.map(parseRef), options, {
      store: this,
      clock: this.#clock,
      logger: this.#logger,
      push: this.#driver.capabilities.extensions.watch,
      isClosed: () => this.#calls.closed,
    });
  }

  async validate(
    requirements: readonly Requirement[],
    options: StoreCallOptions = {},
  ): Promise<ValidationReport> {
    const permissions = this.as("permissions");
    return validate(requirements, (ref, operations) =>
      this.#run("validate", ref, options, (signal) =>
        permissions.check(ref, operations, { signal }),
      ),
    );
  }

  async health(options: StoreCallOptions = {}): Promise<ProviderHealth> {
    try {
      return await this.#run("health", undefined, options, (signal) =>
        this.#driver.health({ signal }),
      );
    } catch (error) {
      if (!isSecretError(error) || error.code === "Closed" || error.code === "Aborted") throw error;
      return { status: "unhealthy", code: error.code, message: error.message, details: {} };
    }
  }

  as<Name extends CapabilityName>(name: Name): NonNullable<CapabilityMap[Name]> {
    const capability = this.#driver.capabilities.extensions[name];
    if (capability === undefined) {
      throw new UnsupportedError(`The provider ${this.provider} does not offer ${name}.`, {
        provider: this.provider,
        reason: `no-${name}`,
        advice: "Use a provider that does; the capability table of the documentation lists them.",
      });
    }
    return capability as NonNullable<CapabilityMap[Name]>;
  }

  close(): Promise<void> {
    this.#calls.close();
    this.#closing ??= this.#driver.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<Result>(
    operation: string,
    ref: SecretRef | undefined,
    options: StoreCallOptions,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    return this.#calls.run(
      {
        operation,
        ref: ref === undefined ? undefined : formatRef(ref),
        signal: options.signal,
        timeoutMs: options.timeoutMs,
      },
      work,
    );
  }

  #toSecret(ref: SecretRef, found: ProviderSecret): Secret {
    const whole = found.value.withMetadata({
      path: formatPath(ref.path),
      provider: this.provider,
      version: found.version,
      createdAt: found.createdAt,
      tags: found.tags ?? {},
    });
    found.value.dispose();
    if (ref.field === undefined) return whole;
    const field = whole.field(ref.field);
    whole.dispose();
    return field;
  }

  async #read(operation: string, ref: SecretRef, options: StoreCallOptions): Promise<Secret> {
    if (ref.version?.kind === "id" || ref.version?.kind === "stage") {
      this.#require("versions", operation, ref);
    }
    return this.#run(operation, ref, options, async (signal) => {
      const found = await this.#driver.get(ref, { signal });
      return this.#toSecret(ref, found);
    });
  }

  async #write(
    operation: string,
    ref: SecretRef,
    secret: Secret,
    options: PutOptions,
  ): Promise<PutResult> {
    this.#checkSize(operation, ref, secret);
    return this.#run(operation, ref, options, (signal) =>
      this.#driver.put(ref, secret, {
        signal,
        ifVersion: options.ifVersion,
        tags: options.tags,
      }),
    );
  }

  #patchPort(operation: "put" | "patch"): Parameters<typeof patchFields>[0] {
    return {
      operation,
      provider: this.provider,
      features: this.#driver.capabilities.features,
      native: this.#driver.capabilities.extensions.patch,
      run: (ref, options, work) => this.#run(operation, ref, options, work),
      get: (ref, options) => this.#read(operation, ref, options),
      put: (ref, value, options) => this.#write(operation, ref, value, options),
    };
  }

  #checkSize(operation: string, ref: SecretRef, secret: Secret): void {
    const limit = this.#driver.capabilities.limits.maxValueBytes;
    if (limit === undefined || secret.byteLength <= limit) return;
    throw new TooLargeError(
      `The value has ${secret.byteLength} bytes; ${this.provider} accepts ${limit}.`,
      {
        provider: this.provider,
        operation,
        ref: formatRef(ref),
        advice: "Store a smaller value, or encrypt the data elsewhere and keep its key here.",
      },
    );
  }

  #require(feature: FeatureName, operation: string, ref: SecretRef): void {
    const support = this.#driver.capabilities.features[feature];
    if (support.support !== "unsupported") return;
    throw new UnsupportedError(`The provider ${this.provider} has no ${feature}.`, {
      provider: this.provider,
      operation,
      ref: formatRef(ref),
      reason: `no-${feature}`,
      advice: support.reason,
    });
  }

  #parseWithoutField(input: RefInput, operation: string): SecretRef {
    const ref = parseRef(input);
    if (ref.field === undefined) return ref;
    throw new InvalidRefError(`${operation} works on whole secrets, not on fields.`, {
      provider: this.provider,
      operation,
      ref: formatRef(ref),
      reason: "unexpected-field",
      advice: "Leave out the #field; patch with null removes a single field.",
    });
  }

  #refuseVersion(ref: SecretRef, operation: string): void {
    if (ref.version === undefined || ref.version.kind === "latest") return;
    throw new InvalidRefError(`${operation} writes a new version; it cannot name one.`, {
      provider: this.provider,
      operation,
      ref: formatRef(ref),
      reason: "unexpected-version",
      advice: "Leave out the @version, and pass ifVersion to require one.",
    });
  }
}
