import { isSecretError, parseRef, Secret, systemClock } from "@kinko/core";
import type {
  CallOptions,
  Clock,
  ErrorClassification,
  ListItem,
  ListPage,
  PermissionOperation,
  ProviderCapabilities,
  ProviderDeleteOptions,
  ProviderHealth,
  ProviderListOptions,
  ProviderPutOptions,
  ProviderSecret,
  PutResult,
  SecretInput,
  SecretPath,
  SecretProvider,
  SecretRef,
} from "@kinko/core";
import { memoryCapabilities } from "./capabilities.js";
import { ChangeHub } from "./change-hub.js";
import { failure, History, MemoryFault } from "./history.js";
import { memoryExtensions } from "./extensions.js";
import { listItems } from "./list-items.js";
import { memoryDefaults, type MemoryOptions } from "./options.js";

/** A call that reached the provider, for hooks. */
export interface MemoryCall {
  readonly operation: PermissionOperation | "health" | "versions" | "undelete" | "dynamic";
  /** Undefined for `health`, `dynamic` and for listings of everything. */
  readonly path: SecretPath | undefined;
  readonly signal: AbortSignal;
}

/** What a test may change about a provider; an application has no use for it. */
export interface MemoryHooks {
  /** Source of time for latency and dates. */
  readonly clock?: Clock | undefined;
  /**
   * Runs before each call does anything. What it throws is the failure of that call, as if a
   * server had failed: throw `new MemoryFault("Unavailable")`, a SecretError, or anything at all.
   * While its promise is pending, the call hangs.
   */
  readonly beforeCall?: ((call: MemoryCall) => void | Promise<void>) | undefined;
}

/**
 * A provider that keeps secrets in this process and has every feature. It is real: versions,
 * check-and-set, deletion and paging behave as the contract says. It is meant for tests; when
 * it is closed, everything is erased.
 *
 * @example
 * const store = createStore("memory", createMemoryProvider());
 * await store.put("prod/app/db", { user: "app", password: "s3cret" });
 */
export function createMemoryProvider(
  options: MemoryOptions = {},
  hooks: MemoryHooks = {},
): MemoryProvider {
  return new MemoryProvider(options, hooks);
}

/** See {@link createMemoryProvider}. */
export class MemoryProvider implements SecretProvider {
  readonly capabilities: ProviderCapabilities;
  readonly #secrets = new Map<string, { readonly path: SecretPath; readonly history: History }>();
  readonly #changes = new ChangeHub();
  readonly #clock: Clock;
  readonly #hooks: MemoryHooks;
  readonly #latencyMs: number;
  readonly #maxVersions: number;
  readonly #allowed: ReadonlySet<PermissionOperation>;
  #closed = false;

  constructor(options: MemoryOptions, hooks: MemoryHooks) {
    this.#clock = hooks.clock ?? systemClock;
    this.#hooks = hooks;
    this.#latencyMs = options.latencyMs ?? memoryDefaults.latencyMs;
    this.#maxVersions = options.maxVersions ?? memoryDefaults.maxVersions;
    this.#allowed = new Set(options.allow ?? ["get", "put", "delete", "list"]);
    this.capabilities = memoryCapabilities(
      memoryExtensions({
        enter: (operation, path, signal) => this.#enter(operation, path, signal),
        history: (path) => this.#history(path),
        exists: (path) => this.#secrets.has(keyOf(path)),
        isAllowed: (operation) => this.#allowed.has(operation),
        read: (ref) => this.#read(ref),
        write: (path, value) => this.#write(path, value, undefined),
        change: (path, work) => this.#change(path, work),
        changes: this.#changes,
        dynamic: {
          clock: this.#clock,
          roles: options.dynamicRoles ?? {},
          enter: (signal) => this.#enter("dynamic", undefined, signal),
        },
      }),
      {
        maxValueBytes: options.maxValueBytes ?? memoryDefaults.maxValueBytes,
        maxVersions: this.#maxVersions,
      },
    );
    for (const [text, value] of Object.entries(options.secrets ?? {})) {
      this.#write(parseRef(text).path, Secret.from(value as SecretInput), undefined);
    }
  }

  async get(ref: SecretRef, { signal }: CallOptions): Promise<ProviderSecret> {
    await this.#enter("get", ref.path, signal);
    return this.#read(ref);
  }

  async put(ref: SecretRef, value: Secret, options: ProviderPutOptions): Promise<PutResult> {
    await this.#enter("put", ref.path, options.signal);
    const { ifVersion } = options;
    const newest = this.#secrets.get(keyOf(ref.path))?.history.newest;
    if (ifVersion === "absent") {
      if (newest !== undefined) throw failure("AlreadyExists");
    } else if (ifVersion !== undefined && ifVersion !== newest?.id) {
      throw failure("Conflict");
    }
    return { version: this.#write(ref.path, value, options.tags) };
  }

  async delete(ref: SecretRef, { mode, signal }: ProviderDeleteOptions): Promise<void> {
    await this.#enter("delete", ref.path, signal);
    const history = this.#history(ref.path);
    this.#change(ref.path, () => {
      if (mode === "soft") {
        history.softDelete(ref.version, this.#clock.now());
      } else if (ref.version === undefined) {
        history.erase();
        this.#secrets.delete(keyOf(ref.path));
      } else {
        history.destroy(ref.version);
      }
    });
  }

  async *list(options: ProviderListOptions): AsyncGenerator<ListPage> {
    let after = options.cursor;
    while (true) {
      const path = options.prefix.length === 0 ? undefined : options.prefix;
      await this.#enter("list", path, options.signal);
      const page = listItems(this.#names(), { ...options, cursor: after });
      after = page.nextCursor;
      yield page;
      if (after === undefined) return;
    }
  }

  async health({ signal }: CallOptions): Promise<ProviderHealth> {
    await this.#enter("health", undefined, signal);
    return {
      status: "healthy",
      message: "Secrets are kept in the memory of this process.",
      details: { secrets: this.#secrets.size },
    };
  }

  classifyError(error: unknown): ErrorClassification {
    if (error instanceof MemoryFault) return { code: error.code };
    if (error instanceof Error && error.name === "AbortError") return { code: "Aborted" };
    return { code: "Internal" };
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#changes.close();
    for (const { history } of this.#secrets.values()) history.erase();
    this.#secrets.clear();
    return Promise.resolve();
  }

  /** What every call goes through, before anything is looked at or changed. */
  async #enter(
    operation: MemoryCall["operation"],
    path: SecretPath | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#hooks.beforeCall?.({ operation, path, signal });
    if (this.#latencyMs > 0) await this.#clock.sleep(this.#latencyMs, { signal });
    if (signal.aborted) throw failure("Aborted");
    if (this.#closed) throw failure("Closed");
    const needed = neededFor(operation);
    if (needed !== undefined && !this.#allowed.has(needed)) throw failure("PermissionDenied");
  }

  #history(path: SecretPath): History {
    const found = this.#secrets.get(keyOf(path));
    if (found === undefined) throw failure("NotFound");
    return found.history;
  }

  #read(ref: SecretRef): ProviderSecret {
    const history = this.#history(ref.path);
    const version = history.read(ref.version);
    return {
      value: Secret.fromBytes(version.bytes, version.kind),
      version: version.id,
      createdAt: version.createdAt,
      tags: history.tags,
    };
  }

  #write(
    path: SecretPath,
    value: Secret,
    tags: Readonly<Record<string, string>> | undefined,
  ): string {
    const entry = this.#secrets.get(keyOf(path)) ?? { path, history: new History() };
    return this.#change(path, () => {
      this.#secrets.set(keyOf(path), entry);
      if (tags !== undefined) entry.history.tags = Object.freeze({ ...tags });
      return entry.history.add(value, this.#clock.now(), this.#maxVersions);
    });
  }

  /** Runs a change of one secret and tells those who watch it what became of what they read. */
  #change<Result>(path: SecretPath, work: () => Result): Result {
    const read = (ref: SecretRef): Secret | undefined => {
      try {
        const { value } = this.#read(ref);
        return ref.field === undefined ? value : value.field(ref.field);
      } catch (error) {
        if (error instanceof MemoryFault || isSecretError(error)) return undefined;
        throw error;
      }
    };
    return this.#changes.around(path, read, work);
  }

  *#names(): Generator<ListItem> {
    for (const { path, history } of this.#secrets.values()) {
      yield { path, type: "secret", deleted: history.newest?.state === "deleted" };
    }
  }
}

/** Segments have no slash, so the joined path is unique. */
function keyOf(path: SecretPath): string {
  return path.join("/");
}

function neededFor(operation: MemoryCall["operation"]): PermissionOperation | undefined {
  switch (operation) {
    case "health":
    case "dynamic":
      return undefined;
    case "versions":
      return "list";
    case "undelete":
      return "put";
    default:
      return operation;
  }
}
