import { lazyMethods } from "../engine/lazy.js";
import type { EngineContext } from "../engines.js";
import type { NamespacesCapability } from "./types.js";

/** Namespaces; nothing of the code is loaded before the first call. */
export function namespacesCapability(engine: EngineContext): NamespacesCapability {
  return lazyMethods<NamespacesCapability>(
    async () => (await import("./namespaces.js")).createNamespaces(engine),
    { create: true, read: true, update: true, list: true, delete: true },
  );
}
