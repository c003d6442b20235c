import { isSecretError, type CryptoOutcome } from "@kinko/core";
import type { BatchLimits } from "./coalescer.js";

/** What {@link runMany} needs. */
export interface ManyOptions<Input, Item, Value> {
  readonly inputs: readonly Input[];
  readonly limits: BatchLimits;
  /** Requests at a time. */
  readonly concurrency: number;
  /** Inputs of different groups do not travel together. */
  readonly groupOf: (input: Input) => string;
  /** Bytes that an input adds to a request, before it is prepared. */
  readonly sizeOf: (input: Input) => number;
  /** Checks an input and makes an item of it, just before it is sent. @throws SecretError */
  readonly prepare: (input: Input) => Item;
  readonly send: (
    group: string,
    items: readonly Item[],
  ) => Promise<readonly CryptoOutcome<Value>[]>;
  /** Whether a failure ends the whole, such as an abort. */
  readonly isFinal: (error: unknown) => boolean;
}

interface Chunk {
  readonly group: string;
  readonly indexes: number[];
  bytes: number;
}

/**
 * Sends many in few requests.
 *
 * @returns an outcome for each input, in order; after a request has failed as a whole, no further
 * one is made, and its error is the outcome of all that are left
 */
export async function runMany<Input, Item, Value>(
  options: ManyOptions<Input, Item, Value>,
): Promise<readonly CryptoOutcome<Value>[]> {
  const { inputs, concurrency } = options;
  const outcomes: CryptoOutcome<Value>[] = Array.from({ length: inputs.length });
  const chunks = chunksOf(options).values();
  let failure: { readonly error: Parameters<typeof isSecretError>[0] } | undefined;
  const worker = async (): Promise<void> => {
    for (const { group, indexes } of chunks) {
      if (failure === undefined) failure = await sendChunk(options, group, indexes, outcomes);
      if (failure === undefined) continue;
      if (options.isFinal(failure.error) || !isSecretError(failure.error)) throw failure.error;
      for (const index of indexes) outcomes[index] ??= { error: failure.error };
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, inputs.length) }, worker));
  return outcomes;
}

async function sendChunk<Input, Item, Value>(
  { inputs, prepare, send }: ManyOptions<Input, Item, Value>,
  group: string,
  indexes: readonly number[],
  outcomes: CryptoOutcome<Value>[],
): Promise<{ readonly error: unknown } | undefined> {
  const items: Item[] = [];
  const sent: number[] = [];
  for (const index of indexes) {
    try {
      items.push(prepare(inputs[index] as Input));
      sent.push(index);
    } catch (error) {
      if (!isSecretError(error)) return { error };
      outcomes[index] = { error };
    }
  }
  if (items.length === 0) return undefined;
  try {
    const results = await send(group, items);
    for (const [at, index] of sent.entries()) {
      const result = results[at];
      if (result !== undefined) outcomes[index] = result;
    }
    return undefined;
  } catch (error) {
    return { error };
  }
}

function chunksOf<Input, Item, Value>(options: ManyOptions<Input, Item, Value>): Chunk[] {
  const { inputs, limits, groupOf, sizeOf } = options;
  const chunks: Chunk[] = [];
  const open = new Map<string, Chunk>();
  for (const [index, input] of inputs.entries()) {
    const group = groupOf(input);
    const size = sizeOf(input);
    let chunk = open.get(group);
    const full =
      chunk !== undefined &&
      (chunk.indexes.length >= limits.maxItems || chunk.bytes + size > limits.maxBytes);
    if (chunk === undefined || full) {
      chunk = { group, indexes: [], bytes: 0 };
      open.set(group, chunk);
      chunks.push(chunk);
    }
    chunk.indexes.push(index);
    chunk.bytes += size;
  }
  return chunks;
}
