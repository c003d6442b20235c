import { lazyMethods } from "../engine/lazy.js";
import type { EngineContext } from "../engines.js";
import type { WrappingCapability } from "./types.js";

/** Response wrapping; nothing of the code is loaded before the first call. */
export function wrappingCapability(engine: EngineContext): WrappingCapability {
  return lazyMethods<WrappingCapability>(
    async () => (await import("./wrapping.js")).createWrapping(engine),
    { wrap: true, wrapData: true, lookup: true, rewrap: true, unwrap: true },
  );
}
