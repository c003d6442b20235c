import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CapabilityMap } from "./capabilities/capability-map.js";
import type { FeatureName, FeatureSupport, ProviderLimits } from "./capabilities/features.js";
import type { ErrorClassification } from "./errors/wrap.js";
import type { SecretErrorCode } from "./errors/codes.js";
import type { SecretPath, SecretRef } from "./refs/ref.js";
import type { Clock } from "./runtime/clock.js";
import type { Logger } from "./runtime/logger.js";
import type { Secret } from "./secret/secret.js";

/** What every call of a driver takes. */
export interface CallOptions {
  /**
   * Aborts on the caller's wish and at the call's total deadline. Drivers MUST pass it on. It is made
   * when it is read, so that a spread of these options (`{ ...options }`) does not have it.
   */
  readonly signal: AbortSignal;
  /**
   * The same as `signal`, for the many SDKs that take what only looks like one. Making a real signal
   * and listening to it costs more than all else that the store does for a call, so `signal` is made
   * when it is first asked for. Take this one by {@link cancellationOf}.
   */
  readonly cancellation?: Cancellation | undefined;
}

/** The part of an AbortSignal that most SDKs use. */
export interface Cancellation {
  readonly aborted: boolean;
  /** Why; undefined before it is aborted. */
  readonly reason: unknown;
  addEventListener(type: "abort", listener: (event: unknown) => void, options?: object): void;
  removeEventListener(type: "abort", listener: (event: unknown) => void): void;
}

/** What tells a driver that a call is to be abandoned, in its cheapest form. */
export function cancellationOf(options: CallOptions): Cancellation {
  return options.cancellation ?? options.signal;
}

/** What `get` of a driver returns. */
export interface ProviderSecret {
  readonly value: Secret;
  /** Opaque id; undefined where the backend keeps no versions. */
  readonly version?: string | undefined;
  readonly createdAt?: Date | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** When the value ends to be valid, as that of a lease does. It is never served after that. */
  readonly expiresAt?: Date | undefined;
}

/** How `put` of a driver is to write. */
export interface ProviderPutOptions extends CallOptions {
  /**
   * Check-and-set: the version that must be the newest, or `absent` when nothing may exist, not
   * even a deleted secret. Core passes it only to drivers that support `checkAndSet`.
   */
  readonly ifVersion?: string | undefined;
  /** Replaces all tags; undefined leaves them as they are. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** What a write returns. */
export interface PutResult {
  /** Id of the version that was written. */
  readonly version?: string | undefined;
}

/** How `delete` of a driver is to remove. */
export interface ProviderDeleteOptions extends CallOptions {
  /** `soft` can be undone, `purge` cannot. With a version in the ref, only that version. */
  readonly mode: "soft" | "purge";
}

/** What `list` of a driver is to return. */
export interface ProviderListOptions extends CallOptions {
  /** Only what is beneath these segments; the secret of exactly this path is not part of it. */
  readonly prefix: SecretPath;
  /** True: every secret beneath. False: secrets directly beneath, and folders. */
  readonly recursive: boolean;
  /** Upper bound of a page. */
  readonly pageSize: number;
  /** `nextCursor` of an earlier page, to go on behind it. */
  readonly cursor?: string | undefined;
}

/** One name of a listing; never a value. */
export interface ListItem {
  readonly path: SecretPath;
  /** A folder is a path with secrets beneath; a path can be both, and is then listed twice. */
  readonly type: "secret" | "folder";
  /** True when the newest version is known to be soft-deleted; undefined when that is not known. */
  readonly deleted?: boolean | undefined;
}

/** One page of a listing. Names come in no promised order, each once. */
export interface ListPage {
  readonly items: readonly ListItem[];
  readonly nextCursor?: string | undefined;
}

/** Whether a backend can serve now. */
export interface ProviderHealth {
  readonly status: "healthy" | "degraded" | "unhealthy";
  /** Why it is not healthy, as an error code. */
  readonly code?: SecretErrorCode | undefined;
  /** One sentence for people. */
  readonly message: string;
  /**
   * Facts such as version, address without credentials, or seal progress. A driver that learns its
   * server's time tells in `clockSkewSeconds` how far that is ahead of its own clock.
   */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** What a backend can do, declared once and never guessed. */
export interface ProviderCapabilities {
  readonly features: Readonly<Record<FeatureName, FeatureSupport>>;
  readonly limits: ProviderLimits;
  readonly extensions: Readonly<Partial<CapabilityMap>>;
}

/**
 * The driver of one backend. Applications never see it; they hold a SecretStore.
 *
 * Contract, proven by the suite in `@kinko/testing`:
 * - A driver MUST reject names that its backend cannot carry, or that would collide or escape,
 *   with InvalidRef and before any request.
 * - It MUST throw raw SDK errors or SecretErrors; the store wraps once, with `classifyError`.
 * - It MUST NOT retry, cache or time out by itself; the store does.
 * - A failure MUST change nothing. A refusal or an outage MUST NOT look like NotFound.
 * - Every method may be called concurrently, and none after `close`.
 */
export interface SecretProvider {
  readonly capabilities: ProviderCapabilities;
  /**
   * Reads one version. `ref.field` is to be ignored.
   * Fails with NotFound, VersionNotFound, Deleted, Destroyed or Disabled as the case is.
   */
  get(ref: SecretRef, options: CallOptions): Promise<ProviderSecret>;
  /**
   * Writes a new version; when it resolves the value is durable. Fails with Conflict (another
   * version) or AlreadyExists (`absent`), having written nothing. `ref` has no field or version.
   */
  put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult>;
  /** Fails with NotFound when there is nothing, with Deleted when `soft` was done before. */
  delete(ref: SecretRef, options: ProviderDeleteOptions): Promise<void>;
  /** Pages of names. A prefix with nothing beneath gives no items, not an error. */
  list(options: ProviderListOptions): AsyncIterable<ListPage>;
  /** Asks the backend whether it can serve, without touching a secret. */
  health(options: CallOptions): Promise<ProviderHealth>;
  /** Says what an error of the SDK means. MUST NOT throw and MUST NOT quote the error. */
  classifyError(error: unknown): ErrorClassification;
  /** Releases sockets, timers and key material. Idempotent. */
  close(): Promise<void>;
}

/** What core hands to a driver when it is created. */
export interface ProviderContext {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Folder of the config file (or the working directory); relative paths in options start here. */
  readonly directory: string;
  /** Environment to take vendor defaults from, such as an address. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Total time that a call may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Something that {@link ProviderSetup.run} wants to be told. */
export interface SetupParameter {
  /** camelCase, such as `recipients`; people write it as `--option recipients=…`. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** True for a password and the like: it is asked without echo, and never taken from an argument. */
  readonly secret?: boolean | undefined;
  /** True when it is to be asked for in a terminal. Default: only what is given is used. */
  readonly ask?: boolean | undefined;
}

/** What a setup is told. */
export interface SetupContext extends ProviderContext {
  /** Values by the names of {@link ProviderSetup.parameters}; those not given are absent. */
  readonly answers: Readonly<Record<string, string>>;
  /** True: change nothing, and return what would be made. */
  readonly dryRun: boolean;
}

/** What a setup made. */
export interface SetupResult {
  /**
   * Options for the provider's entry of the config file. MUST NOT hold a credential: a reference
   * such as `${env:NAME}` or the path of a file stands for it.
   */
  readonly options: Readonly<Record<string, unknown>>;
  /** Files that were made, absolute. */
  readonly created: readonly string[];
  /** What people must know or do next, one sentence each, such as what to keep safe. */
  readonly notes: readonly string[];
}

/** How a store comes into being, for providers that can make one, such as a file. */
export interface ProviderSetup {
  /** One sentence: what `run` makes. */
  readonly summary: string;
  readonly parameters: readonly SetupParameter[];
  /**
   * Makes a new, empty store. It MUST NOT overwrite anything.
   * @throws AlreadyExistsError when there is a store, InvalidValueError for a bad answer.
   */
  run(context: SetupContext): Promise<SetupResult>;
}

/** One thing that {@link ProviderFactory.diagnose} looked at. */
export interface ProviderFinding {
  /** What was looked at, such as `identity file`. */
  readonly subject: string;
  readonly ok: boolean;
  /** True for what is not ok and may be meant so, such as a right that is missing. */
  readonly warning?: boolean | undefined;
  /** One sentence: what is so, or what is wrong. Never a value. */
  readonly message: string;
  /** What to do about it, when it is wrong. */
  readonly advice?: string | undefined;
  /** Stable kebab-case word for what is wrong. */
  readonly reason?: string | undefined;
}

/** What a provider package exports. Make it with {@link defineProvider}. */
export interface ProviderFactory<Options = unknown> {
  /** Short name, as in `provider: vault`. */
  readonly name: string;
  /** Standard Schema (valibot, zod, …) of the options; unknown keys must be errors. */
  readonly options: StandardSchemaV1<unknown, Options>;
  /**
   * Creates a driver. It SHOULD do no I/O that can fail for a passing reason: that belongs to the
   * first call, so that an application can start while its store is down.
   */
  create(options: Options, context: ProviderContext): Promise<SecretProvider> | SecretProvider;
  /** Present when there is something to be made before first use; `kinko init` calls it. */
  readonly setup?: ProviderSetup | undefined;
  /**
   * Present when there is more to be looked at than `health` tells, such as the permissions of
   * files; `kinko doctor` calls it. It MUST NOT change anything, nor fail for what it finds.
   */
  diagnose?(options: Options, context: ProviderContext): Promise<readonly ProviderFinding[]>;
}

const factoryBrand = Symbol.for("kinko.ProviderFactory");

/**
 * Marks an object as a provider factory, so that the registry finds it among a package's exports.
 *
 * @example
 * export const provider = defineProvider({ name: "memory", options: schema, create });
 */
export function defineProvider<Options>(
  factory: ProviderFactory<Options>,
): ProviderFactory<Options> {
  return Object.freeze(Object.defineProperty({ ...factory }, factoryBrand, { value: true }));
}

/** Whether `value` was made by {@link defineProvider}, also by another copy of this package. */
export function isProviderFactory(value: unknown): value is ProviderFactory {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { readonly [factoryBrand]?: unknown })[factoryBrand] === true
  );
}
