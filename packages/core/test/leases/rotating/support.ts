import {
  rotateClient,
  type RotateClientOptions,
  type RotatingClientEvent,
} from "../../../src/leases/index.js";
import type { FakeBackendOptions } from "../fake-backend.js";
import { setUp, type Setup } from "../support.js";

/** Stands for anything that connects with a username and a password. */
export interface FakeClient {
  readonly username: string;
  retired: number;
  closed: "no" | "gently" | "forced";
}

export interface Rotation extends Setup {
  readonly client: ReturnType<typeof rotateClient<FakeClient>>;
  readonly clients: FakeClient[];
  readonly told: RotatingClientEvent[];
}

/** Lives of 60 s that cannot be renewed: replaced after 35 s, within an overlap of 20 s. */
export async function rotating(
  options: Partial<RotateClientOptions<FakeClient>> = {},
  backend: FakeBackendOptions = { renewable: false },
): Promise<Rotation> {
  const setup = setUp(backend, { overlapMs: 20_000 });
  const handle = await setup.manager.acquire({ path: "database/creds/app" });
  const clients: FakeClient[] = [];
  const told: RotatingClientEvent[] = [];
  const client = rotateClient<FakeClient>({
    handle,
    clock: setup.clock,
    open: ({ secret }) => {
      const { username } = secret.json() as { readonly username: string };
      const opened: FakeClient = { username, retired: 0, closed: "no" };
      clients.push(opened);
      return opened;
    },
    retire: (old) => (old.retired += 1),
    close: (old, { forced }) => void (old.closed = forced ? "forced" : "gently"),
    onEvent: (event) => told.push(event),
    ...options,
  });
  return { ...setup, client, clients, told };
}

/** Past the first rotation, and before the second. */
export const oneRotationMs = 40_000;
