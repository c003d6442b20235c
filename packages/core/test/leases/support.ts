import { FakeClock } from "@kinko/testing";
import type { Clock } from "../../src/index.js";
import {
  createLeaseManager,
  type LeaseEvent,
  type LeaseManager,
  type LeaseManagerOptions,
} from "../../src/leases/index.js";
import { FakeBackend, type FakeBackendOptions } from "./fake-backend.js";

export interface Setup {
  readonly clock: FakeClock;
  readonly backend: FakeBackend;
  readonly manager: LeaseManager;
  readonly events: LeaseEvent[];
  /** `type` of the events so far. */
  readonly types: () => string[];
}

/** A manager on a fake backend, with chance in the middle unless told. */
export function setUp(
  backendOptions: FakeBackendOptions = {},
  options: Partial<LeaseManagerOptions> = {},
  make: (clock: Clock) => FakeBackend = (clock) => new FakeBackend(clock, backendOptions),
): Setup {
  const clock = new FakeClock();
  const backend = make(clock);
  const events: LeaseEvent[] = [];
  const manager = createLeaseManager({
    dynamic: backend,
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, backend, manager, events, types: () => events.map(({ type }) => type) };
}

/** Closes although the clock stands still but for this. */
export async function closeWithin(
  clock: FakeClock,
  closable: { close(): Promise<void> },
): Promise<void> {
  let done = false;
  const closing = closable.close().finally(() => (done = true));
  for (let step = 0; step < 200 && !done; step += 1) await clock.advance(100);
  await closing;
}

/** Username of the credentials, which the fake backend makes of the lease id. */
export function userOf(credentials: { readonly secret: { json(): unknown } }): string {
  return (credentials.secret.json() as { readonly username: string }).username;
}
