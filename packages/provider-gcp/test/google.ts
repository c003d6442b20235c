import { isSecretError, type SecretError, type SecretStore } from "@kinko/core";
import { expectClean, type Canary } from "@kinko/testing";
import {
  startSecretManagerServer,
  type SecretManagerServer,
  type SecretManagerServerOptions,
} from "@kinko/testing/google-secret-manager";
import { onTestFinished } from "vitest";
import type { GcpOptions } from "../src/options.js";
import { openGcpStore, optionsFor } from "./support.js";

/** A service and a store on it. Both end with the test. */
export interface ServiceUnderTest {
  readonly server: SecretManagerServer;
  readonly store: SecretStore;
  readonly open: (overrides?: Partial<GcpOptions>) => SecretStore;
}

/** Starts a service for one test. */
export async function serviceUnderTest(
  options: Partial<GcpOptions>,
  serverOptions: SecretManagerServerOptions = {},
): Promise<ServiceUnderTest> {
  const server = await startSecretManagerServer({ tokens: ["test-token"], ...serverOptions });
  const stores: SecretStore[] = [];
  const open = (overrides: Partial<GcpOptions> = {}): SecretStore => {
    const store = openGcpStore(optionsFor(server, { ...options, ...overrides }));
    stores.push(store);
    return store;
  };
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.close();
  });
  return { server, store: open(), open };
}

/** The SecretError that `work` fails with; it must hold nothing of the canary. */
export async function failureOf(work: Promise<unknown>, canary?: Canary): Promise<SecretError> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isSecretError(error)) throw new Error("The call did not fail with a SecretError.");
  if (canary !== undefined) expectClean(error, canary);
  return error;
}
