import { silentLogger, type Logger } from "@kinko/core";
import { FakeClock } from "@kinko/testing";
import type { AuthDependencies } from "../../src/auth/create-auth.js";
import type { VaultAnswer } from "../../src/client/answer.js";
import type { VaultRequest } from "../../src/client/vault-client.js";

/** What the fake was asked, and when. */
export interface SeenRequest {
  readonly path: string;
  readonly token: string | undefined;
  readonly body: unknown;
  readonly atMs: number;
}

/** Stands where the client does, so that time and Vault's answers are the test's. */
export function fakeVault(
  answer: (seen: SeenRequest) => Partial<VaultAnswer> | Error = () => ({}),
  options: { readonly logger?: Logger; readonly env?: Readonly<Record<string, string>> } = {},
): {
  readonly clock: FakeClock;
  readonly seen: readonly SeenRequest[];
  readonly dependencies: AuthDependencies;
} {
  const clock = new FakeClock();
  const seen: SeenRequest[] = [];
  const request = async (asked: VaultRequest): Promise<VaultAnswer> => {
    const { credentials } = asked;
    const entry: SeenRequest = {
      path: asked.path,
      token: typeof credentials === "object" ? credentials.token : undefined,
      body: asked.body,
      atMs: clock.monotonicMs(),
    };
    seen.push(entry);
    await Promise.resolve();
    asked.signal.throwIfAborted();
    const answered = answer(entry);
    if (answered instanceof Error) throw answered;
    return {
      status: 200,
      body: {},
      data: undefined,
      errors: [],
      warnings: [],
      requestId: undefined,
      retryAfterMs: undefined,
      index: undefined,
      ...answered,
    };
  };
  const { logger = silentLogger, env = {} } = options;
  return { clock, seen, dependencies: { clock, logger, env, timeoutMs: 10_000, request } };
}

/** The part of an answer that grants a token. */
export function grant(
  token: string,
  ttlSeconds: number,
  more: Readonly<Record<string, unknown>> = {},
): Partial<VaultAnswer> {
  const auth = { client_token: token, lease_duration: ttlSeconds, renewable: true, ...more };
  return { body: { auth } };
}
