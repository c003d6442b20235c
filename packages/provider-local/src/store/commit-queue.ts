import { AbortedError, ClosedError, isSecretError } from "@kinko/core";

/** One change that waits for its commit. */
export interface CommitJob<Draft> {
  /** Applies the change to the draft; a failure concerns this job alone and leaves the draft. */
  apply(draft: Draft): void;
  /** Fails the job when a draft of committed content shows that its race is lost. */
  refuseIfLost(createDraft: () => Draft): boolean;
}

/**
 * Commits the changes that have come by now; `jobs` is called once, when the draft is ready, so
 * that late comers get on as well. What it throws fails every job of the group.
 */
export type Commit<Draft> = (
  jobs: () => readonly CommitJob<Draft>[],
  signal: AbortSignal,
  /** Refuses what cannot succeed any more. True when nothing is left to commit. */
  refuseLost: (look: () => Promise<() => Draft>) => Promise<boolean>,
) => Promise<void>;

/** What a change is like. */
export interface AddOptions {
  /** True for check-and-set: it may be refused before its turn, when its race is lost. */
  readonly conditional?: boolean | undefined;
}

interface Waiting<Draft> extends CommitJob<Draft> {
  settle(): void;
  fail(error: unknown): void;
}

/**
 * Runs changes one group after the other. Changes that arrive while a commit is under way share
 * the next one, so 1,000 concurrent writes cost a few commits and not 1,000. Each is acknowledged
 * only after the commit that holds it.
 */
export class CommitQueue<Draft> {
  readonly #commit: Commit<Draft>;
  #waiting = new Set<Waiting<Draft>>();
  #running: Promise<void> | undefined;
  #stop: AbortController | undefined;
  #closed = false;

  constructor(commit: Commit<Draft>) {
    this.#commit = commit;
  }

  /** @throws AbortedError when the signal aborts; a commit that has begun is not undone by it. */
  add<Result>(
    signal: AbortSignal,
    change: (draft: Draft) => Result,
    options: AddOptions = {},
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (signal.aborted) {
        reject(new AbortedError("The call was cancelled."));
        return;
      }
      let outcome: { readonly result: Result } | { readonly error: unknown } | undefined;
      const job: Waiting<Draft> = {
        apply(draft) {
          try {
            outcome = { result: change(draft) };
          } catch (error) {
            outcome = { error };
          }
        },
        refuseIfLost(createDraft) {
          if (options.conditional !== true) return false;
          try {
            change(createDraft());
            return false;
          } catch (error) {
            if (!isSecretError(error, "Conflict") && !isSecretError(error, "AlreadyExists")) {
              return false;
            }
            job.fail(error);
            return true;
          }
        },
        settle() {
          signal.removeEventListener("abort", abort);
          if (outcome === undefined) return;
          if ("result" in outcome) resolve(outcome.result);
          // A change fails with what its own code threw, which core wraps.
          // eslint-disable-next-line typescript/prefer-promise-reject-errors
          else reject(outcome.error);
        },
        fail(error) {
          signal.removeEventListener("abort", abort);
          // eslint-disable-next-line typescript/prefer-promise-reject-errors
          reject(outcome !== undefined && "error" in outcome ? outcome.error : error);
        },
      };
      const abort = (): void => {
        this.#waiting.delete(job);
        if (this.#waiting.size === 0) this.#stop?.abort();
        reject(new AbortedError("The call was cancelled."));
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.add(job);
      this.#running ??= this.#run();
    });
  }

  /** Refuses what waits, and resolves when the commit under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stop?.abort();
    this.#failWaiting(closedError());
    await this.#running;
  }

  async #run(): Promise<void> {
    // So that everything which was asked for in the same turn shares the first commit.
    await Promise.resolve();
    while (this.#waiting.size > 0 && !this.#closed) {
      const group: Waiting<Draft>[] = [];
      const stop = new AbortController();
      this.#stop = stop;
      try {
        await this.#commit(
          () => {
            // What is applied can no longer be taken back, so the wait for the lock is over.
            this.#stop = undefined;
            group.push(...this.#waiting);
            this.#waiting = new Set();
            return group;
          },
          stop.signal,
          (look) => this.#refuseLost(look),
        );
        for (const job of group) job.settle();
      } catch (error) {
        for (const job of group) job.fail(error);
        // Before the draft was ready, the failure is everybody's who waited for it.
        if (group.length === 0 && !(stop.signal.aborted && this.#waiting.size > 0)) {
          this.#failWaiting(this.#closed ? closedError() : error);
        }
      } finally {
        this.#stop = undefined;
      }
    }
    this.#running = undefined;
  }

  async #refuseLost(look: () => Promise<() => Draft>): Promise<boolean> {
    // Only those that were there before the look: for later ones it may show too old a state.
    const asked = [...this.#waiting];
    const createDraft = await look();
    for (const job of asked) {
      if (this.#waiting.has(job) && job.refuseIfLost(createDraft)) this.#waiting.delete(job);
    }
    return this.#waiting.size === 0;
  }

  #failWaiting(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const job of waiting) job.fail(error);
  }
}

function closedError(): ClosedError {
  return new ClosedError("The store was closed before the write.", { advice: "Open a new one." });
}
