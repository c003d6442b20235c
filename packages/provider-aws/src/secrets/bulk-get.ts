import { setMaxListeners } from "node:events";
import type { BulkGetCapability, CallOptions, Clock, ProviderSecret, SecretRef } from "@kinko/core";
import { errorName } from "../errors/classify.js";
import { RateWindow } from "./rate-window.js";
import { explainFailure, readSecret, type ReadPort } from "./read.js";
import { decodeSecret, type NativeSecret } from "./value.js";

/** Names in one request; see the reference of BatchGetSecretValue. */
const batchSize = 20;
/** AWS's quota for all of an account's clients in a region is 100 requests per second. */
const batchesPerSecond = 50;
const concurrentBatches = 4;
const concurrentReads = 8;

type Result = { readonly secret: ProviderSecret } | { readonly error: unknown };

/** One error of an answer, with the name that other answers have as exception. */
interface NativeError {
  readonly SecretId?: string | undefined;
  readonly ErrorCode?: string | undefined;
  readonly Message?: string | undefined;
}

/**
 * Reading of many secrets, 20 in a request. AWS does that for current versions alone, so refs with
 * another version are read one by one; so is everything when the credentials may read values and not
 * in batches. Tags do not come with it.
 */
export function createBulkGet(port: ReadPort, clock: Clock): BulkGetCapability {
  const window = new RateWindow(clock, batchesPerSecond);
  return {
    async getMany(refs: readonly SecretRef[], options: CallOptions): Promise<readonly Result[]> {
      // Every request under way listens; Node would take so many for a leak.
      setMaxListeners(0, options.signal);
      const results: Result[] = [];
      const byName = new Map<string, number[]>();
      const single: number[] = [];
      refs.forEach((ref, index) => {
        const current = ref.version === undefined || ref.version.kind.startsWith("latest");
        const name = current ? encodeOrFail(port, ref, results, index) : undefined;
        if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), index]);
        else if (!current) single.push(index);
      });
      await eachConcurrently(batches([...byName]), concurrentBatches, async (batch) => {
        await window.enter(options.signal);
        const unread = await readBatch(port, refs, batch, results, options);
        single.push(...unread);
      });
      await eachConcurrently(single, concurrentReads, async (index) => {
        results[index] = await attempt(port, refs[index] as SecretRef, options);
      });
      return results;
    },
  };
}

type Batch = readonly (readonly [name: string, indices: readonly number[]])[];

/** Fills in the results of one request; returns the indices that have to be read one by one. */
async function readBatch(
  port: ReadPort,
  refs: readonly SecretRef[],
  batch: Batch,
  results: Result[],
  options: CallOptions,
): Promise<readonly number[]> {
  const values = new Map<string, NativeSecret & { CreatedDate?: Date | undefined }>();
  const errors = new Map<string, NativeError>();
  try {
    let token: string | undefined;
    do {
      const cursor = token === undefined ? {} : { NextToken: token };
      const answer = await port.client.call(options.signal, (sdk, request) =>
        sdk.batchGetSecretValue({ SecretIdList: batch.map(([name]) => name), ...cursor }, request),
      );
      for (const value of answer.SecretValues ?? []) values.set(value.Name ?? "", value);
      for (const error of answer.Errors ?? []) errors.set(error.SecretId ?? "", error);
      token = answer.NextToken === "" ? undefined : answer.NextToken;
    } while (token !== undefined);
  } catch (error) {
    if (errorName(error) !== "AccessDeniedException") throw error;
    // A policy from the time before batches allows GetSecretValue alone.
    return batch.flatMap(([, indices]) => indices);
  }
  const unread: number[] = [];
  for (const [name, indices] of batch) {
    const value = values.get(name);
    const error = errors.get(name);
    if (value !== undefined) fill(results, indices, value);
    else if (error === undefined) unread.push(...indices);
    else {
      const ref = refs[indices[0] as number] as SecretRef;
      const explained = await explain(port, ref, options, error);
      for (const index of indices) results[index] = { error: explained };
    }
  }
  return unread;
}

function fill(
  results: Result[],
  indices: readonly number[],
  answer: NativeSecret & { CreatedDate?: Date | undefined },
): void {
  const { VersionId: version, CreatedDate: createdAt } = answer;
  const [first, ...others] = indices;
  try {
    const value = decodeSecret(answer);
    for (const index of others) {
      // The store disposes each on its own.
      results[index] = { secret: { value: copyOf(value), version, createdAt } };
    }
    if (first !== undefined) results[first] = { secret: { value, version, createdAt } };
  } catch (error) {
    for (const index of indices) results[index] = { error };
  }
}

function copyOf(value: ProviderSecret["value"]): ProviderSecret["value"] {
  return value.withMetadata({ path: "", provider: "", tags: {} });
}

/** As if the secret had been read alone. */
async function explain(
  port: ReadPort,
  ref: SecretRef,
  options: CallOptions,
  { ErrorCode = "", Message = "" }: NativeError,
): Promise<unknown> {
  const error = Object.assign(new Error(Message), { name: ErrorCode });
  return explainFailure(port, ref, options, error).catch((failure: unknown) => failure);
}

async function attempt(port: ReadPort, ref: SecretRef, options: CallOptions): Promise<Result> {
  try {
    return { secret: await readSecret(port, ref, options) };
  } catch (error) {
    return { error };
  }
}

function encodeOrFail(
  port: ReadPort,
  ref: SecretRef,
  results: Result[],
  index: number,
): string | undefined {
  try {
    return port.names.encode(ref.path);
  } catch (error) {
    results[index] = { error };
    return undefined;
  }
}

function batches(names: Batch): Batch[] {
  return Array.from({ length: Math.ceil(names.length / batchSize) }, (_, index) =>
    names.slice(index * batchSize, (index + 1) * batchSize),
  );
}

async function eachConcurrently<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
