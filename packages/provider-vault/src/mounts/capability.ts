import { lazyMethods } from "../engine/lazy.js";
import type { EngineContext } from "../engines.js";
import type { KvAdminCapability, MountsCapability } from "./types.js";

/** Mounts, and KV v2 among them; nothing of the code is loaded before the first call. */
export function mountCapabilities({ client, context }: EngineContext): {
  readonly mounts: MountsCapability;
  readonly kvAdmin: KvAdminCapability;
} {
  const { clock, timeoutMs } = context;
  const load = async () => {
    const { EngineCalls, createKvAdmin, createMounts, mountMeanings } = await import("./load.js");
    const calls = new EngineCalls({ client, clock, timeoutMs }, mountMeanings);
    const mounts = createMounts(calls);
    return { mounts, kvAdmin: createKvAdmin(calls, mounts, clock) };
  };
  return {
    mounts: lazyMethods<MountsCapability>(async () => (await load()).mounts, {
      list: true,
      read: true,
      enable: true,
      tune: true,
      disable: true,
    }),
    kvAdmin: lazyMethods<KvAdminCapability>(async () => (await load()).kvAdmin, {
      enable: true,
      configure: true,
      readConfig: true,
      configureSecret: true,
      readSecretConfig: true,
    }),
  };
}
