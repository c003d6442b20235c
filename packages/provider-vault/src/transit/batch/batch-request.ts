import { isSecretError, type CryptoOutcome } from "@kinko/core";
import { isObject, type JsonObject, type VaultAnswer } from "../../client/answer.js";
import { errorAt, transitError, type TransitPlace } from "../errors.js";
import { malformedAnswer, type TransitContext } from "../transit-context.js";

/** How the items of one operation travel. */
export interface BatchOperation<Item, Value> {
  readonly place: TransitPlace;
  /** Below the mount, such as `encrypt/app`. */
  readonly path: string;
  /** What the request carries beside its items. */
  readonly parameters: JsonObject;
  /** One item of `batch_input`. It may be asked for again, when the request has to be sent again. */
  readonly encode: (item: Item) => JsonObject;
  /** Erases an item that is not needed any more. */
  readonly discard?: ((item: Item) => void) | undefined;
  /** The value of one item of `batch_results`; undefined when it has none. */
  readonly decode: (result: JsonObject) => Value | undefined;
}

/**
 * One request for many items.
 *
 * Vault answers some faults of single items by refusing the whole request, so a refused request is
 * halved until the item that causes it is alone.
 *
 * @returns an outcome for each item, in order
 * @throws SecretError for what concerns all items alike, such as an outage or an unknown key
 */
export async function sendBatch<Item, Value>(
  context: TransitContext,
  operation: BatchOperation<Item, Value>,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly CryptoOutcome<Value>[]> {
  try {
    return await sendItems(context, operation, items, signal);
  } finally {
    for (const item of items) operation.discard?.(item);
  }
}

async function sendItems<Item, Value>(
  context: TransitContext,
  operation: BatchOperation<Item, Value>,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly CryptoOutcome<Value>[]> {
  const { place, path, parameters, encode, decode } = operation;
  // Made when the request is written: base64 of a plaintext is a string that cannot be erased, so it
  // lives no longer than that.
  const body = { toJSON: () => ({ ...parameters, batch_input: items.map(encode) }) };
  let results: readonly unknown[];
  let answer: VaultAnswer;
  try {
    answer = await context.send(place, { method: "POST", path, body, signal });
    const found = answer.data?.["batch_results"];
    if (!Array.isArray(found) || found.length !== items.length) throw malformedAnswer(place);
    results = found;
  } catch (error) {
    const ofOneItem = isSecretError(error, "InvalidValue") || isSecretError(error, "TooLarge");
    if (!ofOneItem || items.length === 1 || signal.aborted) throw error;
    const middle = Math.ceil(items.length / 2);
    const halves = [items.slice(0, middle), items.slice(middle)];
    const outcomes: CryptoOutcome<Value>[] = [];
    for (const half of halves) {
      outcomes.push(...(await halfOf(context, operation, half, signal)));
    }
    return outcomes;
  }
  const { requestId } = answer;
  return results.map((result): CryptoOutcome<Value> => {
    if (!isObject(result)) return { error: errorAt(malformedAnswer(place), place) };
    const message = result["error"];
    if (typeof message === "string" && message !== "") {
      return { error: transitError(message, place, { requestId }) };
    }
    const value = decode(result);
    return value === undefined ? { error: errorAt(malformedAnswer(place), place) } : { value };
  });
}

/** A half that fails as a whole fails its own items, and not those of the other half. */
async function halfOf<Item, Value>(
  context: TransitContext,
  operation: BatchOperation<Item, Value>,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly CryptoOutcome<Value>[]> {
  try {
    return await sendItems(context, operation, items, signal);
  } catch (error) {
    return items.map(() => ({ error: errorAt(error, operation.place) }));
  }
}
