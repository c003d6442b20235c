import type { BulkGetCapability } from "../capabilities/capability-map.js";
import type { SecretError } from "../errors/secret-error.js";
import { isSecretError } from "../errors/secret-error.js";
import type { ProviderSecret } from "../provider.js";
import { formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Secret } from "../secret/secret.js";
import type { GetManyOptions } from "./secret-store.js";

/** Default of `concurrency`. */
const defaultConcurrency = 8;

interface GetManyPort {
  readonly get: (ref: SecretRef) => Promise<Secret>;
  readonly bulk: BulkGetCapability | undefined;
  readonly runBulk: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
  readonly toSecret: (ref: SecretRef, found: ProviderSecret) => Secret;
  /** Always rejects, with the one SecretError of a raw failure. */
  readonly wrap: (ref: SecretRef, error: unknown) => Promise<never>;
}

/** Reads several refs, each upstream secret once, in bulk where the provider can. */
export async function getMany(
  refs: readonly SecretRef[],
  options: GetManyOptions,
  port: GetManyPort,
): Promise<Map<string, Secret>> {
  const unique = new Map(refs.map((ref) => [formatRef(ref), ref]));
  const found = new Map<string, Secret>();
  const failed = new Map<string, SecretError>();
  const take = async (text: string, result: Promise<Secret>): Promise<void> => {
    try {
      found.set(text, await result);
    } catch (error) {
      if (!isSecretError(error)) throw error;
      failed.set(text, error);
    }
  };

  if (port.bulk === undefined) {
    await eachConcurrently([...unique], options.concurrency ?? defaultConcurrency, ([text, ref]) =>
      failed.size > 0 && typeof options.onError !== "function"
        ? Promise.resolve()
        : take(text, port.get(ref)),
    );
  } else {
    const bulk = port.bulk;
    const entries = [...unique];
    const results = await port.runBulk((signal) =>
      bulk.getMany(
        entries.map(([, ref]) => ref),
        { signal },
      ),
    );
    for (const [index, [text, ref]] of entries.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      await take(
        text,
        "secret" in result
          ? Promise.resolve().then(() => port.toSecret(ref, result.secret))
          : port.wrap(ref, result.error),
      );
    }
  }

  for (const [text, error] of failed) {
    if (typeof options.onError !== "function") {
      for (const secret of found.values()) secret.dispose();
      throw error;
    }
    options.onError(text, error);
  }
  // In the order in which they were asked for, not in which they arrived.
  return new Map([...unique.keys()].flatMap((text) => {
    const secret = found.get(text);
    return secret === undefined ? [] : [[text, secret] as const];
  }));
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
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, worker));
}
