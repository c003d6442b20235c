import type {
  CapabilityMap,
  CapabilityName,
  PermissionOperation,
  VersionInfo,
} from "../capabilities/capability-map.js";
import type { SecretError } from "../errors/secret-error.js";
import type { StoreEventListener, StoreEventName } from "../events/store-events.js";
import type {
  ListItem,
  ListPage,
  ProviderCapabilities,
  ProviderHealth,
  PutResult,
} from "../provider.js";
import type { RefInput, SecretPath } from "../refs/ref.js";
import type { Secret, SecretInput } from "../secret/secret.js";

/** Options of every call. */
export interface StoreCallOptions {
  /** Cancels the call: it fails with Aborted, at once. */
  readonly signal?: AbortSignal | undefined;
  /** Total time of this call in milliseconds. Default: the store's, 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** Options of reads. */
export interface GetOptions extends StoreCallOptions {
  /** True asks the store, whatever the cache has; the answer renews the cache. Default false. */
  readonly fresh?: boolean | undefined;
  /**
   * False fails when the store cannot answer, also when the cache has a value past its time to
   * live. Default true.
   */
  readonly allowStale?: boolean | undefined;
}

/** Options of `put`. */
export interface PutOptions extends StoreCallOptions {
  /** Check-and-set: the version that must be the newest, or `absent` when nothing may exist. */
  readonly ifVersion?: string | undefined;
  /** Replaces all tags; default: they stay as they are. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Options of `patch`. */
export interface PatchOptions extends StoreCallOptions {
  readonly ifVersion?: string | undefined;
  /**
   * Allows read-then-write on a store that has neither patch nor check-and-set; a change by
   * somebody else in between is then lost. Default false.
   */
  readonly nonAtomic?: boolean | undefined;
}

/** Options of `getMany`. */
export interface GetManyOptions extends GetOptions {
  /**
   * `throw` (the default) fails with the first error. A function is called for each ref that
   * failed, and the result holds the others.
   */
  readonly onError?: "throw" | ((ref: string, error: SecretError) => void) | undefined;
  /**
   * Requests at a time where the store has no bulk read. Default 8; 24 where the provider declares
   * the rate that its service takes, which is kept whatever is asked for here.
   */
  readonly concurrency?: number | undefined;
}

/** Options of `delete`. */
export interface DeleteOptions extends StoreCallOptions {
  /** `soft` (default) can be undone; `purge` removes for good. */
  readonly mode?: "soft" | "purge" | undefined;
}

/** Options of `list`. */
export interface ListOptions extends StoreCallOptions {
  /** Lists what is beneath these whole segments: `prod` never matches `production`. Default: all. */
  readonly prefix?: string | SecretPath | undefined;
  /** Default true; false gives the secrets directly beneath and folders. */
  readonly recursive?: boolean | undefined;
  /** Most items of a page. Default 500. */
  readonly pageSize?: number | undefined;
  /** `nextCursor` of an earlier page. */
  readonly cursor?: string | undefined;
}

/** A listing, item by item or page by page; nothing is requested before it is iterated. */
export interface Listing extends AsyncIterable<ListItem> {
  pages(): AsyncIterable<ListPage>;
}

/** Options of `watch`. */
export interface WatchOptions {
  /** Ends the watch; the iteration then finishes without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Time between looks where the store cannot push changes. Default 30,000. */
  readonly intervalMs?: number | undefined;
}

/** A change that `watch` saw. */
export interface SecretChange {
  /** The reference as it was given. */
  readonly ref: string;
  readonly type: "created" | "updated" | "deleted";
  readonly version?: string | undefined;
}

/** One thing that an application needs. */
export interface Requirement {
  readonly ref: RefInput;
  /** Default: `["get"]`. */
  readonly operations?: readonly PermissionOperation[] | undefined;
}

/** Answer to one requirement and operation. `unknown` where the credentials may not ask. */
export interface ValidationItem {
  readonly ref: string;
  readonly operation: PermissionOperation;
  readonly status: "allowed" | "denied" | "missing" | "unknown";
}

/** Answer to all requirements. */
export interface ValidationReport {
  /** True when nothing is denied or missing. */
  readonly ok: boolean;
  readonly items: readonly ValidationItem[];
}

/**
 * What applications hold: secrets, whoever keeps them.
 *
 * Every call has one total deadline, stops when its signal aborts, and fails only with
 * SecretError. References are strings such as `prod/app/db#password@3` or their parsed form.
 */
export interface SecretStore {
  /** Name of the provider behind it, for messages. */
  readonly provider: string;
  readonly capabilities: ProviderCapabilities;

  /**
   * Reads a secret, a field or a version.
   * @throws NotFoundError, VersionNotFoundError, DeletedError, DestroyedError, DisabledError …
   */
  get(ref: RefInput, options?: GetOptions): Promise<Secret>;
  /** Like `get`, but undefined for NotFound alone; a refusal or an outage still throws. */
  tryGet(ref: RefInput, options?: GetOptions): Promise<Secret | undefined>;
  /** Reads several; the result is keyed by the text form of each ref. */
  getMany(refs: readonly RefInput[], options?: GetManyOptions): Promise<Map<string, Secret>>;
  /**
   * Writes a new version. With a `#field` in the ref only that field changes (see `patch`), and
   * the secret is created when there is none.
   * @throws ConflictError, AlreadyExistsError, TooLargeError, UnsupportedError
   */
  put(ref: RefInput, value: SecretInput, options?: PutOptions): Promise<PutResult>;
  /**
   * Sets fields of a JSON secret; `null` removes one. Atomic, by the store's own patch or by
   * check-and-set.
   * @throws NotFoundError, ConflictError, UnsupportedError
   */
  patch(
    ref: RefInput,
    fields: Readonly<Record<string, unknown>>,
    options?: PatchOptions,
  ): Promise<PutResult>;
  /**
   * Removes a secret, or with a version id in the ref only that version.
   * @throws InvalidRefError for `@latest` and labels, which may have moved since they were read.
   */
  delete(ref: RefInput, options?: DeleteOptions): Promise<void>;
  /** Brings back what `delete` removed softly. @throws DestroyedError, UnsupportedError */
  undelete(ref: RefInput, options?: StoreCallOptions): Promise<void>;
  /** The versions of a secret, newest first, without values. @throws UnsupportedError */
  versions(ref: RefInput, options?: StoreCallOptions): Promise<readonly VersionInfo[]>;
  /** Names, never values. `timeoutMs` holds for each page. */
  list(options?: ListOptions): Listing;
  /**
   * Yields each change after the iteration has begun. Passing outages do not end it, a refusal
   * does, and so do the signal and `close`, without an error.
   */
  watch(refs: RefInput | readonly RefInput[], options?: WatchOptions): AsyncIterable<SecretChange>;
  /** Checks that names exist and operations are allowed, without reading values. */
  validate(
    requirements: readonly Requirement[],
    options?: StoreCallOptions,
  ): Promise<ValidationReport>;
  /** Never throws for a store that is down: that is an answer. */
  health(options?: StoreCallOptions): Promise<ProviderHealth>;
  /**
   * The typed object of a capability. Its methods fail with SecretErrors; deadlines are the
   * caller's, by the signal that they take.
   * @throws UnsupportedError when the provider does not declare it.
   */
  as<Name extends CapabilityName>(name: Name): NonNullable<CapabilityMap[Name]>;
  /**
   * Calls `listener` at each event of that name, synchronously; returns what removes it. Nothing is
   * built and nothing costs while nobody listens. Events hold no values and no names.
   *
   * @example
   * store.on("retry", ({ code, delayMs }) => logger.warn("retry", { code, delayMs }));
   */
  on<Name extends StoreEventName>(name: Name, listener: StoreEventListener<Name>): () => void;
  /** Releases everything. Idempotent; calls under way are cancelled, later ones throw ClosedError. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
