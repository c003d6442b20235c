import type { SecretPath, SecretRef, VersionsCapability } from "@kinko/core";
import type { KvEngine } from "./kv-engine.js";

/**
 * The engine with all its paths beneath a prefix, which the names that go in and out do not show.
 * Segments are checked one by one, so no name leads out of it.
 */
export function prefixEngine(engine: KvEngine, prefix: SecretPath): KvEngine {
  if (prefix.length === 0) return engine;
  const beneath = (ref: SecretRef): SecretRef => ({ ...ref, path: [...prefix, ...ref.path] });
  return {
    get: (ref, options) => engine.get(beneath(ref), options),
    put: (ref, value, options) => engine.put(beneath(ref), value, options),
    delete: (ref, options) => engine.delete(beneath(ref), options),
    listFolder: (folder, options) => engine.listFolder([...prefix, ...folder], options),
    check: (ref, operations, options) => engine.check(beneath(ref), operations, options),
  };
}

/** The same for the history of secrets. */
export function prefixVersions(
  versions: VersionsCapability,
  prefix: SecretPath,
): VersionsCapability {
  const beneath = (ref: SecretRef): SecretRef => ({ ...ref, path: [...prefix, ...ref.path] });
  return {
    list: (ref, options) => versions.list(beneath(ref), options),
    undelete: (ref, options) => versions.undelete(beneath(ref), options),
  };
}
