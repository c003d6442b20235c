import { inject } from "vitest";
import { ServerStartError, ServerUnavailableError } from "../errors.js";
import type { MotoEndpoint } from "../moto/start.js";
import type { PostgresEndpoint } from "../postgres/start.js";

/** A Vault as it travels from the process that started it to the one that runs a test file. */
export interface ProvidedVault {
  readonly address: string;
  readonly token: string;
  readonly version: string;
  readonly caFile?: string;
  readonly ca?: string;
}

/**
 * A server, or why there is none: `unavailable` when this machine has none and cannot get it, `broken`
 * when it has one that does not start.
 */
export type Provided<T> =
  | { readonly server: T }
  | { readonly unavailable: string }
  | { readonly broken: string };

/** What the global set-up starts once for all integration tests. */
export interface ProvidedServers {
  readonly vault: Provided<ProvidedVault>;
  readonly vaultTls: Provided<ProvidedVault>;
  readonly postgres: Provided<PostgresEndpoint>;
  readonly moto: Provided<MotoEndpoint>;
}

declare module "vitest" {
  interface ProvidedContext {
    kinkoServers: ProvidedServers;
  }
}

/**
 * One of the shared servers.
 *
 * @throws ServerUnavailableError when there is none, or outside an integration test
 * @throws ServerStartError when there is one and it did not start
 */
export function providedServer<K extends keyof ProvidedServers>(
  name: K,
): Extract<ProvidedServers[K], { readonly server: unknown }>["server"] {
  const servers: ProvidedServers | undefined = inject("kinkoServers");
  if (servers === undefined) {
    throw new ServerUnavailableError(
      "Real servers are started for integration tests alone. Name this file *.integration.test.ts.",
    );
  }
  const provided: ProvidedServers[K] = servers[name];
  if ("unavailable" in provided) throw new ServerUnavailableError(provided.unavailable);
  if ("broken" in provided) throw new ServerStartError(provided.broken);
  return provided.server;
}
