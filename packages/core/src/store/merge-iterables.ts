/** Yields from several async iterables as they deliver; fails when one fails, ends when all ended. */
export async function* mergeIterables<Item>(
  iterables: readonly AsyncIterable<Item>[],
): AsyncGenerator<Item> {
  const iterators = iterables.map((iterable) => iterable[Symbol.asyncIterator]());
  const next = (index: number): Promise<{ index: number; result: IteratorResult<Item> }> => {
    const iterator = iterators[index] as AsyncIterator<Item>;
    return iterator.next().then((result) => ({ index, result }));
  };
  const pending = new Map(iterators.map((_iterator, index) => [index, next(index)]));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result.done === true) {
        pending.delete(index);
        continue;
      }
      pending.set(index, next(index));
      yield result.value;
    }
  } finally {
    for (const promise of pending.values()) promise.catch(() => undefined);
    for (const iterator of iterators) endIterator(iterator);
  }
}

/**
 * Lets an iterator clean up. Not awaited, since one that hangs would hold the caller that just
 * left, and a failure then has nobody to tell.
 */
export function endIterator(iterator: AsyncIterator<unknown>): void {
  const end = async (): Promise<unknown> => iterator.return?.();
  end().catch(() => undefined);
}
