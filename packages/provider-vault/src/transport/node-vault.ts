import { vaultError } from "../errors/vault-error.js";
import type { HttpRequest, HttpResponse } from "./exchange.js";
import type { HttpTransport } from "./http-transport.js";

/** The part of node-vault that is used: its one general call. */
interface NodeVaultClient {
  apiVersion: string;
  pathPrefix: string;
  endpoint: string;
  token: string;
  namespace: string;
  handleVaultResponse: (response: unknown) => Promise<unknown>;
  request(options: NodeVaultRequest): Promise<unknown>;
}

interface NodeVaultRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly json: unknown;
  readonly once: boolean;
  readonly signal: AbortSignal;
}

type CreateNodeVault = (config: Readonly<Record<string, unknown>>) => NodeVaultClient;

/** What goes through node-vault: as {@link HttpRequest}, with a body that is still a value. */
export interface VaultCall {
  readonly method: string;
  /** Encoded path below `/v1`, with its query, from the first slash. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly json?: unknown;
  /** See {@link HttpRequest.once}. Default false. */
  readonly once?: boolean;
  readonly signal: AbortSignal;
}

/** Sends one call to Vault. */
export type SendVaultCall = (call: VaultCall) => Promise<HttpResponse>;

/**
 * node-vault's general `request` over a transport of our own. Its helpers are not used: they render
 * paths as templates, lose headers and reject some good statuses. Loaded at the first call, because
 * it brings axios along, which nobody shall pay for who only imports this package.
 */
export function createNodeVaultSender(base: URL, transport: HttpTransport): SendVaultCall {
  let client: Promise<NodeVaultClient> | undefined;
  return async (call) => {
    client ??= load(base, transport);
    const { method, path, headers, json, once = false, signal } = call;
    const request = { method, path, headers, json, once, signal };
    return (await (await client).request(request)) as HttpResponse;
  };
}

async function load(base: URL, transport: HttpTransport): Promise<NodeVaultClient> {
  const { default: createNodeVault } = (await import("node-vault")) as unknown as {
    default: CreateNodeVault;
  };
  const endpoint = base.href.replace(/\/$/u, "");
  const client = createNodeVault({
    endpoint,
    apiVersion: "v1",
    // Its default prints values when DEBUG is set.
    debug: () => undefined,
    // Checks on every request that path and method are strings, which their types say here.
    tv4: { validate: () => true },
    "request-promise": { defaults: () => sender(base, transport) },
  });
  // Taken from the process's environment, and then preferred over what each call says.
  client.token = "";
  client.namespace = "";
  client.pathPrefix = "";
  // Its own drops headers, and takes every status but 200 and 204 for a failure.
  client.handleVaultResponse = (response) => Promise.resolve(response);
  return client;
}

function sender(
  base: URL,
  transport: HttpTransport,
): (options: NodeVaultRequest & { readonly uri: string }) => Promise<HttpResponse> {
  const { origin } = base;
  return ({ uri, method, headers, json, once, signal }) => {
    if (!uri.startsWith(`${origin}/`)) {
      throw vaultError("Internal", "The request would have gone to another address.", {
        reason: "wrong-origin",
        advice: "Report this.",
      });
    }
    const request: HttpRequest = {
      method,
      path: uri.slice(origin.length),
      headers,
      once,
      signal,
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    };
    return transport.send(request);
  };
}
