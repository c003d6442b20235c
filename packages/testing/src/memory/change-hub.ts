import type { Secret, SecretPath, SecretRef } from "@kinko/core";

/** A change of what one reference reads. */
export interface Change {
  readonly ref: SecretRef;
  readonly type: "created" | "updated" | "deleted";
}

interface Watcher {
  readonly refs: readonly SecretRef[];
  readonly queue: Change[];
  wake: () => void;
}

/** Tells watchers of changes. A rewrite of the same value is none. */
export class ChangeHub {
  readonly #watchers = new Set<Watcher>();
  #closed = false;

  /** Runs `work`, and compares what each watched reference to `path` read before and after. */
  around<Result>(
    path: SecretPath,
    read: (ref: SecretRef) => Secret | undefined,
    work: () => Result,
  ): Result {
    const key = path.join("/");
    const watched = [...this.#watchers].flatMap((watcher) =>
      watcher.refs
        .filter((ref) => ref.path.join("/") === key)
        .map((ref) => ({ watcher, ref, before: read(ref) })),
    );
    const result = work();
    for (const { watcher, ref, before } of watched) {
      const after = read(ref);
      const type = changeType(before, after);
      before?.dispose();
      after?.dispose();
      if (type === undefined) continue;
      watcher.queue.push({ ref, type });
      watcher.wake();
    }
    return result;
  }

  /** Changes from the first `next()` on, until the signal aborts or the hub closes. */
  async *watch(refs: readonly SecretRef[], signal: AbortSignal): AsyncGenerator<Change> {
    const watcher: Watcher = { refs, queue: [], wake: () => undefined };
    const onAbort = (): void => watcher.wake();
    this.#watchers.add(watcher);
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted && !this.#closed) {
        const change = watcher.queue.shift();
        if (change !== undefined) yield change;
        else await new Promise<void>((resolve) => (watcher.wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#watchers.delete(watcher);
    }
  }

  close(): void {
    this.#closed = true;
    for (const { wake } of this.#watchers) wake();
  }
}

function changeType(
  before: Secret | undefined,
  after: Secret | undefined,
): Change["type"] | undefined {
  if (before === undefined) return after === undefined ? undefined : "created";
  if (after === undefined) return "deleted";
  return before.equals(after) ? undefined : "updated";
}
