import { TimeoutError, isSecretError, keepAlive, type Clock } from "@kinko/core";
import type { ClientUse, CredentialHandle, RotatingClient } from "@kinko/core/leases";
import type { PoolClient } from "pg";
import type { LoginPool } from "./login-pool.js";
import { poolEnded, type Slots } from "./slots.js";
import { isRefusedLogin } from "./sql-state.js";
import { withSignals } from "./with-signals.js";

/** What a connection is taken from. */
export interface CheckOutSource {
  readonly slots: Slots;
  readonly logins: RotatingClient<LoginPool>;
  readonly handle: CredentialHandle;
  readonly clock: Clock;
  /** 0 for none. */
  readonly timeoutMs: number;
}

/** A connection in use. Its `release` gives back all that is held. */
export interface CheckedOut {
  readonly client: PoolClient;
  /** Of the login that it is connected with. */
  readonly generation: number;
}

/**
 * Takes a connection of the newest login that works.
 *
 * @throws TimeoutError, ClosedError, and what `pg` fails to connect with
 */
export async function checkOut(source: CheckOutSource): Promise<CheckedOut> {
  const { slots, clock, timeoutMs } = source;
  const deadline = new AbortController();
  const cancel =
    timeoutMs === 0 ? () => undefined : clock.schedule(timeoutMs, () => deadline.abort());
  const letEnd = keepAlive();
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
    if (isSecretError(error, "Closed") && error.reason === "client-closed") throw poolEnded();
    throw error;
  } finally {
    letEnd();
    cancel();
  }
}

/**
 * A login that ended between being chosen and being used is no failure of the caller's: nothing was
 * sent, so that connecting once more, with the newest login, repeats nothing.
 */
async function connect(source: CheckOutSource, signal: AbortSignal): Promise<CheckedOut> {
  for (let isLast = false; ; isLast = true) {
    let use: ClientUse<LoginPool> | undefined;
    try {
      use = await source.logins.acquire({ signal });
      return lend(await connectWith(use, signal), use, source.slots);
    } catch (error) {
      const isSuperseded = use?.superseded === true;
      if (isLast || signal.aborted || !(isSuperseded || isRefusedLogin(error))) throw error;
      // Of the newest login there is, only its issuer knows whether it still lives.
      if (!isSuperseded) await recheck(source.handle, use?.generation, signal);
    }
  }
}

async function recheck(
  handle: CredentialHandle,
  used: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const generation = used ?? newestOf(handle);
  if (generation !== undefined) await withSignals(handle.recheck(generation), [signal]);
}

function newestOf(handle: CredentialHandle): number | undefined {
  try {
    return handle.current().generation;
  } catch {
    return undefined; // it has ended already, and the next one is waited for
  }
}

/** Gives the use back when it fails. */
async function connectWith(
  { client: login, signal: cut, release }: ClientUse<LoginPool>,
  signal: AbortSignal,
): Promise<PoolClient> {
  const connecting = login.pool.connect();
  try {
    return await withSignals(connecting, [signal, cut]);
  } catch (error) {
    void connecting
      .then((late) => late.release(true))
      .catch(() => undefined)
      .finally(release);
    throw error;
  }
}

function lend(client: PoolClient, use: ClientUse<LoginPool>, slots: Slots): CheckedOut {
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
  return { client, generation: use.generation };
}

function outOfTime(timeoutMs: number): TimeoutError {
  return new TimeoutError(`There was no connection within ${timeoutMs} ms.`, {
    operation: "connect",
    reason: "no-connection",
    advice:
      "Check that the database and the issuer of its logins can be reached, that connections are released, and the size of the pool.",
  });
}
