import type { Logger } from "../runtime/logger.js";
import type { StoreEventListener, StoreEventMap, StoreEventName } from "./store-events.js";

type Listeners = { [Name in StoreEventName]?: Set<StoreEventListener<Name>> };

/** Hands events to listeners, in the order in which they were added and before the call goes on. */
export class EventHub {
  /** False as long as nobody listens to anything: one look for the hottest paths. */
  hasListeners = false;
  readonly #listeners: Listeners = {};
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whether anybody listens; events are only built when somebody does. */
  wants(name: StoreEventName): boolean {
    return this.#listeners[name] !== undefined;
  }

  /** Adds a listener; returns what removes it. */
  on<Name extends StoreEventName>(name: Name, listener: StoreEventListener<Name>): () => void {
    // Wrapped, so that the same function may be added twice and each removal takes one away.
    const own: StoreEventListener<Name> = (event) => listener(event);
    const set = (this.#listeners[name] ??= new Set<never>() as NonNullable<Listeners[Name]>);
    set.add(own);
    this.hasListeners = true;
    return () => {
      set.delete(own);
      if (set.size === 0 && this.#listeners[name] === set) {
        delete this.#listeners[name];
        this.hasListeners = Object.keys(this.#listeners).length > 0;
      }
    };
  }

  /** Tells all listeners. One that fails is logged and fails neither the call nor the others. */
  emit<Name extends StoreEventName>(name: Name, event: StoreEventMap[Name]): void {
    const set = this.#listeners[name];
    if (set === undefined) return;
    for (const listener of set) {
      try {
        listener(event);
      } catch {
        // Its message is not repeated: it may quote whatever the listener looked at.
        this.#logger.error("a listener of a store's events failed", { event: name });
      }
    }
  }
}
