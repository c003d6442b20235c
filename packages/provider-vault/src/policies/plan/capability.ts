import { lazyMethods } from "../../engine/lazy.js";
import type { EngineContext } from "../../engines.js";
import type { PoliciesCapability } from "./types.js";

/** ACL policies; nothing of the code is loaded before the first call. */
export function policiesCapability({ client, context }: EngineContext): PoliciesCapability {
  const { clock, timeoutMs } = context;
  return lazyMethods<PoliciesCapability>(
    async () => {
      const { createPolicies, EngineCalls, policyMeanings } = await import("./load.js");
      return createPolicies(new EngineCalls({ client, clock, timeoutMs }, policyMeanings));
    },
    { list: true, read: true, write: true, delete: true, plan: true, apply: true },
  );
}
