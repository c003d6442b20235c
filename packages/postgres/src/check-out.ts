import { AbortedError, TimeoutError, isSecretError, type Clock } from "@kinko/core";
import type { ClientUse, RotatingClient } from "@kinko/core/leases";
import type { PoolClient } from "pg";
import { isAuthenticationError } from "./authentication-error.js";
import type { LoginPool } from "./login-pool.js";
import type { Slots } from "./slots.js";

/** What a connection is taken from. */
export interface CheckoutSource {
  readonly slots: Slots;
  readonly logins: RotatingClient<LoginPool>;
  readonly clock: Clock;
  /** 0 for none. */
  readonly timeoutMs: number;
}

/**
 * Takes a connection of the newest login that works. Its `release` gives back all that is held.
 *
 * @throws TimeoutError, ClosedError, and what `pg` fails to connect with
 */
export async function checkOut(source: CheckoutSource): Promise<PoolClient> {
  const { slots, clock, timeoutMs } = source;
  const deadline = new AbortController();
  const cancel =
    timeoutMs === 0 ? () => undefined : clock.schedule(timeoutMs, () => deadline.abort());
  try {
    await slots.enter(deadline.signal);
    try {
      return await connect(source, deadline.signal);
    } catch (error) {
      slots.leave();
      throw error;
    }
  } catch (error) {
    if (isSecretError(error, "Aborted") && deadline.signal.aborted) throw outOfTime(timeoutMs);
    throw error;
  } finally {
    cancel();
  }
}

/**
 * A login that ended between being chosen and being used is no failure of the caller's: nothing was
 * sent, so that connecting once more, with the newest login, repeats nothing.
 */
async function connect(source: CheckoutSource, signal: AbortSignal): Promise<PoolClient> {
  for (let isLast = false; ; isLast = true) {
    let use: ClientUse<LoginPool> | undefined;
    try {
      use = await source.logins.acquire({ signal });
      const client = await connectWith(use, signal);
      return lend(client, use, source.slots);
    } catch (error) {
      const hasEnded = use?.superseded === true || isAuthenticationError(error);
      if (isLast || !hasEnded || signal.aborted) throw error;
    }
  }
}

/** Gives the use back when it fails. */
async function connectWith(
  { client: login, signal: cut, release }: ClientUse<LoginPool>,
  signal: AbortSignal,
): Promise<PoolClient> {
  const connecting = login.pool.connect();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new AbortedError("The wait was cancelled."));
  });
  for (const each of [signal, cut]) each.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted || cut.aborted) onAbort();
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    void connecting
      .then((late) => late.release(true))
      .catch(() => undefined)
      .finally(release);
    throw error;
  } finally {
    for (const each of [signal, cut]) each.removeEventListener("abort", onAbort);
  }
}

/** The client, whose release also gives its slot and its login back. */
function lend(client: PoolClient, use: ClientUse<LoginPool>, slots: Slots): PoolClient {
  const release = client.release.bind(client);
  let isLent = true;
  client.release = (error) => {
    try {
      release(error); // throws when it is called twice
    } finally {
      if (isLent) {
        isLent = false;
        use.release();
        slots.leave();
      }
    }
  };
  return client;
}

function outOfTime(timeoutMs: number): TimeoutError {
  return new TimeoutError(`There was no connection within ${timeoutMs} ms.`, {
    operation: "connect",
    reason: "no-connection",
    advice:
      "Check that the database and the issuer of its logins can be reached, that connections are released, and the size of the pool.",
  });
}
