import type { CapabilityMap, CapabilityName, VersionInfo } from "../capabilities/capability-map.js";
import { ConfigError } from "../errors/classes.js";
import { isSecretError, type SecretError } from "../errors/secret-error.js";
import type {
  ListItem,
  ListPage,
  ProviderCapabilities,
  ProviderHealth,
  PutResult,
} from "../provider.js";
import type { StoreEventListener, StoreEventName } from "../events/store-events.js";
import { formatRef } from "../refs/format-ref.js";
import { parsePrefix, parseRef } from "../refs/parse-ref.js";
import type { RefInput, SecretPath } from "../refs/ref.js";
import type { Secret, SecretInput } from "../secret/secret.js";
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
import { mergeIterables } from "./merge-iterables.js";

/** Sends everything at and beneath a prefix to a store. Paths stay as they are. */
export interface Route {
  readonly prefix: string | SecretPath;
  readonly store: SecretStore;
}

interface ParsedRoute {
  readonly prefix: SecretPath;
  readonly store: SecretStore;
}

/**
 * One store made of several: the longest matching prefix decides, everything else goes to
 * `fallback`. Closing it closes all of them.
 *
 * @throws ConfigError when two routes have the same prefix.
 * @example
 * const store = createRoutedStore([{ prefix: "shared", store: vault }], local);
 */
export function createRoutedStore(routes: readonly Route[], fallback: SecretStore): SecretStore {
  const parsed = routes.map(({ prefix, store }) => ({ prefix: parsePrefix(prefix), store }));
  const seen = new Set<string>();
  for (const { prefix } of parsed) {
    const text = prefix.join("/");
    if (text === "" || seen.has(text)) {
      throw new ConfigError(
        text === "" ? "A route has an empty prefix." : "Two routes have the same prefix.",
        { reason: "bad-route", advice: "Give each route a prefix of its own." },
      );
    }
    seen.add(text);
  }
  return new RoutedStore(
    parsed.sort((left, right) => right.prefix.length - left.prefix.length),
    fallback,
  );
}

class RoutedStore implements SecretStore {
  readonly #routes: readonly ParsedRoute[];
  readonly #fallback: SecretStore;

  constructor(routes: readonly ParsedRoute[], fallback: SecretStore) {
    this.#routes = routes;
    this.#fallback = fallback;
  }

  get provider(): string {
    return this.#fallback.provider;
  }

  /** Those of the fallback; ask the store of a route for its own. */
  get capabilities(): ProviderCapabilities {
    return this.#fallback.capabilities;
  }

  async get(ref: RefInput, options?: GetOptions): Promise<Secret> {
    return this.#storeOf(ref).get(ref, options);
  }

  async tryGet(ref: RefInput, options?: GetOptions): Promise<Secret | undefined> {
    return this.#storeOf(ref).tryGet(ref, options);
  }

  async getMany(refs: readonly RefInput[], options?: GetManyOptions): Promise<Map<string, Secret>> {
    const failures: [string, SecretError][] = [];
    const collect = (ref: string, error: SecretError): void => {
      failures.push([ref, error]);
    };
    const groups = groupBy(refs, (ref) => this.#storeOf(ref));
    const results = await Promise.all(
      [...groups].map(([store, group]) => store.getMany(group, { ...options, onError: collect })),
    );
    const found = new Map(results.flatMap((result) => [...result]));
    for (const [ref, error] of failures) {
      if (typeof options?.onError !== "function") {
        for (const secret of found.values()) secret.dispose();
        throw error;
      }
      options.onError(ref, error);
    }
    return new Map(
      refs.flatMap((ref) => {
        const text = formatRef(parseRef(ref));
        const secret = found.get(text);
        return secret === undefined ? [] : [[text, secret] as const];
      }),
    );
  }

  async put(ref: RefInput, value: SecretInput, options?: PutOptions): Promise<PutResult> {
    return this.#storeOf(ref).put(ref, value, options);
  }

  async patch(
    ref: RefInput,
    fields: Readonly<Record<string, unknown>>,
    options?: PatchOptions,
  ): Promise<PutResult> {
    return this.#storeOf(ref).patch(ref, fields, options);
  }

  async delete(ref: RefInput, options?: DeleteOptions): Promise<void> {
    return this.#storeOf(ref).delete(ref, options);
  }

  async undelete(ref: RefInput, options?: StoreCallOptions): Promise<void> {
    return this.#storeOf(ref).undelete(ref, options);
  }

  async versions(ref: RefInput, options?: StoreCallOptions): Promise<readonly VersionInfo[]> {
    return this.#storeOf(ref).versions(ref, options);
  }

  /**
   * Lists the stores one after the other. Names that a store holds beneath the prefix of another
   * route cannot be reached through this store, so they are left out.
   */
  list(options: ListOptions = {}): Listing {
    const prefix = parsePrefix(options.prefix);
    const owner = this.#storeOfPath(prefix);
    const beneath = this.#routes.filter(
      (route) => route.prefix.length > prefix.length && startsWith(route.prefix, prefix),
    );
    if (beneath.length === 0) return owner.list(options);
    if (options.cursor !== undefined) {
      throw new ConfigError("A listing that spans several stores cannot start at a cursor.", {
        operation: "list",
        reason: "cursor-across-stores",
        advice: "List a prefix that lies in one store, or leave out the cursor.",
      });
    }
    const recursive = options.recursive ?? true;
    const { signal, timeoutMs, pageSize } = options;
    const visible = (route: ParsedRoute | undefined, item: ListItem): boolean =>
      this.#routeOf(item.path) === route || (item.type === "folder" && !recursive);
    const ownRoute = this.#routeOf(prefix);
    const sources = [
      { route: ownRoute, store: owner, prefix },
      ...(recursive ? beneath : []).map((route) => ({ route, ...route })),
    ];

    async function* pages(): AsyncGenerator<ListPage> {
      const folders = new Set<string>();
      for (const source of sources) {
        const listing = source.store.list({ ...options, prefix: source.prefix });
        for await (const page of listing.pages()) {
          const items = page.items.filter((item) => visible(source.route, item));
          for (const item of items) if (item.type === "folder") folders.add(item.path.join("/"));
          yield { items };
        }
      }
      for (const route of beneath) {
        const direct = route.prefix.length === prefix.length + 1;
        if (recursive || direct) yield* selfItem(route, { signal, timeoutMs, pageSize });
        if (recursive) continue;
        const path = route.prefix.slice(0, prefix.length + 1);
        if (folders.has(path.join("/"))) continue;
        folders.add(path.join("/"));
        yield { items: [{ path, type: "folder" }] };
      }
    }
    return {
      pages,
      async *[Symbol.asyncIterator]() {
        for await (const page of pages()) yield* page.items;
      },
    };
  }

  watch(refs: RefInput | readonly RefInput[], options?: WatchOptions): AsyncIterable<SecretChange> {
    const inputs = Array.isArray(refs) ? (refs as readonly RefInput[]) : [refs as RefInput];
    const groups = groupBy(inputs, (ref) => this.#storeOf(ref));
    return mergeIterables([...groups].map(([store, group]) => store.watch(group, options)));
  }

  async validate(
    requirements: readonly Requirement[],
    options?: StoreCallOptions,
  ): Promise<ValidationReport> {
    const groups = groupBy(requirements, ({ ref }) => this.#storeOf(ref));
    const reports = await Promise.all(
      [...groups].map(([store, group]) => store.validate(group, options)),
    );
    return {
      ok: reports.every((report) => report.ok),
      items: reports.flatMap((report) => report.items),
    };
  }

  /** The worst of all stores, with the name of the one that is worst. */
  async health(options?: StoreCallOptions): Promise<ProviderHealth> {
    const ranks = { healthy: 0, degraded: 1, unhealthy: 2 } as const;
    const all = await Promise.all(
      this.#stores().map(async (store) => ({ store, health: await store.health(options) })),
    );
    const worst = all.reduce((left, right) =>
      ranks[right.health.status] > ranks[left.health.status] ? right : left,
    );
    return { ...worst.health, message: `${worst.store.provider}: ${worst.health.message}` };
  }

  as<Name extends CapabilityName>(name: Name): NonNullable<CapabilityMap[Name]> {
    return this.#fallback.as(name);
  }

  /** Events of all stores; `provider` tells which one it was. */
  on<Name extends StoreEventName>(name: Name, listener: StoreEventListener<Name>): () => void {
    const removals = this.#stores().map((store) => store.on(name, listener));
    return () => {
      for (const remove of removals) remove();
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores().map((store) => store.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #stores(): SecretStore[] {
    return [...new Set([this.#fallback, ...this.#routes.map((route) => route.store)])];
  }

  #storeOf(ref: RefInput): SecretStore {
    let path: SecretPath;
    try {
      path = parseRef(ref).path;
    } catch (error) {
      // No route is meant by what is no reference; the fallback refuses it in its own name.
      if (isSecretError(error, "InvalidRef")) return this.#fallback;
      throw error;
    }
    return this.#storeOfPath(path);
  }

  #storeOfPath(path: SecretPath): SecretStore {
    return this.#routeOf(path)?.store ?? this.#fallback;
  }

  #routeOf(path: SecretPath): ParsedRoute | undefined {
    return this.#routes.find((route) => startsWith(path, route.prefix));
  }
}

/** The secret that has exactly the path of a route lies beside what is beneath it. */
async function* selfItem(
  route: ParsedRoute,
  options: Pick<ListOptions, "signal" | "timeoutMs" | "pageSize">,
): AsyncGenerator<ListPage> {
  try {
    const parent = route.prefix.slice(0, -1);
    const name = route.prefix.join("/");
    const listing = route.store.list({ ...options, prefix: parent, recursive: false });
    for await (const page of listing.pages()) {
      const items = page.items.filter(
        (item) => item.type === "secret" && item.path.join("/") === name,
      );
      if (items.length > 0) yield { items };
    }
  } catch (error) {
    // A store that only grants its own prefix refuses to list the parent; it then has nothing there.
    if (!isSecretError(error, "PermissionDenied")) throw error;
  }
}

function startsWith(path: SecretPath, prefix: SecretPath): boolean {
  return prefix.length <= path.length && prefix.every((segment, index) => segment === path[index]);
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
