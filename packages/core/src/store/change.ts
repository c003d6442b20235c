import type { CallOptions } from "../provider.js";
import { formatPath } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { ReadCache } from "../resilience/read-cache.js";

type Work<Result> = (call: CallOptions) => Promise<Result>;

/** Runs what changes a secret; what the cache knows of it is then no longer to be trusted. */
export async function change<Result>(
  cache: ReadCache | undefined,
  ref: SecretRef,
  work: Work<Result>,
  run: (work: Work<Result>) => Promise<Result>,
): Promise<Result> {
  if (cache === undefined) return run(work);
  const path = formatPath(ref.path);
  let isOver = false;
  try {
    const result = await run(async (call) => {
      try {
        return await work(call);
      } finally {
        // Also when the caller has gone meanwhile, and the driver ends later.
        if (isOver) cache.suspect(path);
      }
    });
    cache.written(path);
    return result;
  } catch (error) {
    // It may have been written, or not: then the old value is better than none in an outage.
    cache.suspect(path);
    throw error;
  } finally {
    isOver = true;
  }
}
