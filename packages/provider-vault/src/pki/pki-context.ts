import type { Clock } from "@kinko/core";
import { EngineCalls } from "../engine/engine-calls.js";
import type { EnginePlace } from "../engine/place.js";
import type { EngineContext } from "../engines.js";
import { pkiMeanings } from "./meanings.js";

/** One PKI engine: where it is, and how it is asked. */
export interface PkiContext {
  readonly calls: EngineCalls;
  readonly clock: Clock;
  /** Encoded path of the mount, without slashes at its ends. */
  readonly mount: string;
  place(operation: string, name?: string): EnginePlace;
  /** The same for another mount. */
  at(mount: string): PkiContext;
}

export function pkiContext({ client, context }: EngineContext, mount: string): PkiContext {
  const { clock, timeoutMs } = context;
  const calls = new EngineCalls({ client, clock, timeoutMs }, pkiMeanings);
  const make = (path: string): PkiContext => ({
    calls,
    clock,
    mount: path,
    place: (operation, name) => {
      const base = decodeURIComponent(path);
      return { operation, ref: name === undefined ? base : `${base}/${name}` };
    },
    at: make,
  });
  return make(mount);
}
