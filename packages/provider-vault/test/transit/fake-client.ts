import { systemClock, type Clock } from "@kinko/core";
import type { VaultAnswer } from "../../src/client/answer.js";
import type { VaultRequest } from "../../src/client/vault-client.js";
import { responseError } from "../../src/errors/response-error.js";
import { TransitContext } from "../../src/transit/transit-context.js";

type Body = Readonly<Record<string, unknown>>;

/** An answer as the client parses it. */
export function answer(status: number, data?: Body, errors: readonly string[] = []): VaultAnswer {
  return {
    status,
    body: {},
    data,
    errors,
    warnings: [],
    requestId: "request-1",
    retryAfterMs: undefined,
    index: undefined,
  };
}

/** An engine at `transit` whose answers a test makes; a body is kept as it was when it was sent. */
export function fakeTransit(
  respond: (request: VaultRequest & { readonly body?: Body }) => VaultAnswer | Promise<VaultAnswer>,
  clock: Clock = systemClock,
): { readonly context: TransitContext; readonly requests: (VaultRequest & { body?: Body })[] } {
  const requests: (VaultRequest & { body?: Body })[] = [];
  const client = {
    request: async (request: VaultRequest) => {
      // As the transport does, and at that moment.
      const text = JSON.stringify(request.body) as string | undefined;
      const sent = { ...request, body: text === undefined ? {} : (JSON.parse(text) as Body) };
      requests.push(sent);
      const found = await respond(sent);
      if (found.status < 300 || request.accept?.includes(found.status) === true) return found;
      throw responseError(found);
    },
    errorOf: (found: VaultAnswer) => responseError(found),
  };
  const context = new TransitContext({ client, mount: "transit", clock, timeoutMs: 10_000 });
  return { context, requests };
}

/** Items of the batch in a request. */
export function itemsOf({ body }: { readonly body?: Body }): readonly Body[] {
  return body?.["batch_input"] as readonly Body[];
}
