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
  /** One item of `batch_input`. */
  readonly encode: (item: Item) => JsonObject;
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
  return sendEncoded(context, operation, items.map(operation.encode), signal);
}

async function sendEncoded<Item, Value>(
  context: TransitContext,
  operation: BatchOperation<Item, Value>,
  encoded: readonly JsonObject[],
  signal: AbortSignal,
): Promise<readonly CryptoOutcome<Value>[]> {
  const { place, path, parameters, decode } = operation;
  const body = { ...parameters, batch_input: encoded };
  let results: readonly unknown[];
  let answer: VaultAnswer;
  try {
    answer = await context.send(place, { method: "POST", path, body, signal });
    const found = answer.data?.["batch_results"];
    if (!Array.isArray(found) || found.length !== encoded.length) throw malformedAnswer(place);
    results = found;
  } catch (error) {
    const ofOneItem = isSecretError(error, "InvalidValue") || isSecretError(error, "TooLarge");
    if (!ofOneItem || encoded.length === 1 || signal.aborted) throw error;
    const middle = Math.ceil(encoded.length / 2);
    const halves = [encoded.slice(0, middle), encoded.slice(middle)];
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
  encoded: readonly JsonObject[],
  signal: AbortSignal,
): Promise<readonly CryptoOutcome<Value>[]> {
  try {
    return await sendEncoded(context, operation, encoded, signal);
  } catch (error) {
    return encoded.map(() => ({ error: errorAt(error, operation.place) }));
  }
}
