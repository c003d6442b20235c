import type { Clock } from "../runtime/clock.js";
import type { CredentialRotation } from "./credential-handle.js";
import { settledWithin } from "./deadline.js";

/** Who is told of a rotation. */
export type RotationListener = (rotation: CredentialRotation) => void | Promise<void>;

/**
 * Tells the listeners, and resolves when the previous credentials may end: all listeners are done, or
 * the overlap is over, or `signal` aborts. Without a listener nobody says that they are no longer
 * used, so the whole overlap passes.
 */
export async function retire(
  rotation: Omit<CredentialRotation, "signal">,
  options: {
    readonly clock: Clock;
    readonly listeners: Iterable<RotationListener>;
    readonly overlapMs: number;
    readonly signal: AbortSignal;
    readonly onListenerError: () => void;
  },
): Promise<void> {
  const { clock, signal, overlapMs, onListenerError } = options;
  const over = new AbortController();
  const told = [...options.listeners].map(async (listener) => {
    try {
      await listener({ ...rotation, signal: over.signal });
    } catch {
      onListenerError();
    }
  });
  const done = told.length === 0 ? new Promise<never>(() => undefined) : Promise.all(told);
  await settledWithin(done, { clock, ms: Math.max(overlapMs, 0), signal });
  over.abort();
}
