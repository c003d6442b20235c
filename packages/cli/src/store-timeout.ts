import type { SecretStore, StoreCallOptions } from "@kinko/core";

/** The same store with `--timeout` as the default deadline of every call. */
export function withTimeout(store: SecretStore, timeoutMs: number | undefined): SecretStore {
  if (timeoutMs === undefined) return store;
  const timed = <Options extends StoreCallOptions>(options: Options | undefined): Options =>
    ({ timeoutMs, ...options }) as Options;
  return {
    provider: store.provider,
    capabilities: store.capabilities,
    get: (ref, options) => store.get(ref, timed(options)),
    tryGet: (ref, options) => store.tryGet(ref, timed(options)),
    getMany: (refs, options) => store.getMany(refs, timed(options)),
    put: (ref, value, options) => store.put(ref, value, timed(options)),
    patch: (ref, fields, options) => store.patch(ref, fields, timed(options)),
    delete: (ref, options) => store.delete(ref, timed(options)),
    undelete: (ref, options) => store.undelete(ref, timed(options)),
    versions: (ref, options) => store.versions(ref, timed(options)),
    list: (options) => store.list(timed(options)),
    watch: (refs, options) => store.watch(refs, options),
    validate: (requirements, options) => store.validate(requirements, timed(options)),
    health: (options) => store.health(timed(options)),
    as: (name) => store.as(name),
    on: (name, listener) => store.on(name, listener),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
