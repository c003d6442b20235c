import type { EngineContext } from "../engines.js";
import { parseMount } from "../settings.js";
import type { TransitCapability } from "./types.js";

type LoadedTransit = Omit<TransitCapability, "at">;
type AsyncMethod = keyof LoadedTransit;

/**
 * Transit at one mount. Nothing of the engine is loaded before the first call; calls of the same
 * moment wait for it together, and so still share a request.
 *
 * @param mount encoded path, without slashes at its ends
 */
export function transitCapability(engine: EngineContext, mount: string): TransitCapability {
  let loaded: LoadedTransit | undefined;
  let loading: Promise<LoadedTransit> | undefined;
  const load = (): Promise<LoadedTransit> =>
    (loading ??= import("./engine.js").then(({ createTransit }) => {
      loaded = createTransit(engine, mount);
      return loaded;
    }));
  const lazy = <Name extends AsyncMethod>(name: Name): TransitCapability[Name] => {
    const call = (...parameters: unknown[]): unknown =>
      loaded === undefined
        ? load().then((transit) => Reflect.apply(transit[name], transit, parameters) as unknown)
        : Reflect.apply(loaded[name], loaded, parameters);
    return call as TransitCapability[Name];
  };
  return {
    at: (path) => transitCapability(engine, parseMount(path, "mount")),
    encrypt: lazy("encrypt"),
    decrypt: lazy("decrypt"),
    rewrap: lazy("rewrap"),
    encryptMany: lazy("encryptMany"),
    decryptMany: lazy("decryptMany"),
    rewrapMany: lazy("rewrapMany"),
    dataKey: lazy("dataKey"),
    random: lazy("random"),
    sign: lazy("sign"),
    verify: lazy("verify"),
    hmac: lazy("hmac"),
    verifyHmac: lazy("verifyHmac"),
    enable: lazy("enable"),
    createKey: lazy("createKey"),
    readKey: lazy("readKey"),
    listKeys: lazy("listKeys"),
    configureKey: lazy("configureKey"),
    rotateKey: lazy("rotateKey"),
    trimKey: lazy("trimKey"),
    deleteKey: lazy("deleteKey"),
    exportKey: lazy("exportKey"),
    backupKey: lazy("backupKey"),
    restoreKey: lazy("restoreKey"),
    wrappedDataKey: lazy("wrappedDataKey"),
    hash: lazy("hash"),
    rewrapFile: lazy("rewrapFile"),
  };
}
