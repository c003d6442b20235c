import type { CryptoCallOptions, CryptoOutcome } from "@kinko/core";
import type { TransitContext } from "../transit-context.js";
import { sendBatch, type BatchOperation } from "./batch-request.js";
import { Coalescer, type BatchLimits } from "./coalescer.js";

/**
 * Size of a request. More items gain nothing: with 1,000 of 100 bytes Vault itself is the limit, and
 * it takes 10,000 at most (`max_json_array_element_count`). Bytes: so that a deadline or an abort
 * never has much under way, and memory stays flat.
 */
export const batchLimits: BatchLimits = { maxItems: 1_000, maxBytes: 2 * 1024 * 1024 };

/** Requests of one lane at a time; two already keep two cores of Vault busy. */
export const maxInFlight = 4;

/** What every item of one operation has in common. */
export interface LaneHooks<Item, Value> {
  readonly discard: (item: Item) => void;
  readonly release: (value: Value) => void;
  /** Looks at what came back before the callers get it. */
  readonly review?:
    | ((
        outcomes: readonly CryptoOutcome<Value>[],
        items: readonly Item[],
        signal: AbortSignal,
      ) => Promise<readonly CryptoOutcome<Value>[]>)
    | undefined;
}

/** Calls that can share a request, by key and by what the request says beside its items. */
export class Lanes<Item, Value> {
  readonly #context: TransitContext;
  readonly #hooks: Omit<LaneHooks<Item, Value>, "review">;
  readonly #lanes = new Map<string, Coalescer<Item, Value>>();

  constructor(context: TransitContext, hooks: Omit<LaneHooks<Item, Value>, "review">) {
    this.#context = context;
    this.#hooks = hooks;
  }

  /** @param id same for calls that can share a request; `operation` is then the same as well */
  run(
    id: string,
    operation: () => BatchOperation<Item, Value> & Pick<LaneHooks<Item, Value>, "review">,
    item: Item,
    bytes: number,
    call: CryptoCallOptions,
  ): Promise<Value> {
    let lane = this.#lanes.get(id);
    if (lane === undefined) {
      lane = this.#open(id, operation());
      this.#lanes.set(id, lane);
    }
    return lane.run(item, bytes, call);
  }

  #open(
    id: string,
    operation: BatchOperation<Item, Value> & Pick<LaneHooks<Item, Value>, "review">,
  ): Coalescer<Item, Value> {
    const context = this.#context;
    return new Coalescer<Item, Value>({
      ...batchLimits,
      ...this.#hooks,
      maxInFlight,
      clock: context.clock,
      timeoutMs: context.timeoutMs,
      send: async (items, signal) => {
        const outcomes = await sendBatch(context, operation, items, signal);
        return operation.review === undefined
          ? outcomes
          : operation.review(outcomes, items, signal);
      },
      // Names of keys come from callers: an idle lane must not stay for ever.
      onIdle: () => void this.#lanes.delete(id),
    });
  }
}
