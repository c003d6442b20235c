import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock, type Clock } from "@kinko/core";
import { Bundles } from "./bundles.js";
import { faultAnswer, Faults, type FaultAction, type FaultRule } from "./faults.js";
import {
  badParameter,
  forbidden,
  KeyVaultFault,
  type KeyVaultAnswer,
  type KeyVaultRequest,
  type SecretPermission,
} from "./protocol.js";
import { RateLimiter } from "./rates.js";
import { matchRoute } from "./routes.js";
import { VaultState } from "./state.js";
import { answerTokenEndpoint, type ClientRegistration } from "./token-endpoint.js";
import { checkAuthorization, signToken, type TokenClaims } from "./tokens.js";

/** How the vault is to behave. */
export interface KeyVaultServerOptions {
  /** The server's certificate and private key, both PEM; it must be good for `127.0.0.1`. */
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Default: a free port. */
  readonly port?: number;
  /** What ages tokens and secrets. Default: this machine's clock. */
  readonly clock?: Clock;
  /** How long deleting, recovering and purging take, in milliseconds. Default 0: at once. */
  readonly transitionMs?: number;
  /** 7 to 90. Default 90, as in Azure. */
  readonly retentionDays?: number;
  /** Whether nothing can be purged. Default false. */
  readonly purgeProtection?: boolean;
  /** Whether requests beyond the documented rates are answered with 429. Default false. */
  readonly enforceRates?: boolean;
  /** Applications that the token endpoint knows. Default: none. */
  readonly clients?: readonly ClientRegistration[];
  /** 32 bytes; vaults with the same key read each other's backups. Default: random. */
  readonly backupKey?: Buffer;
}

/** A running vault; close it. */
export interface KeyVaultServer {
  /** Address of the vault, such as `https://127.0.0.1:40001`. */
  readonly url: string;
  readonly tenantId: string;
  /** The audience that tokens must have. */
  readonly resource: string;
  /** Where the token endpoint is; the same server. */
  readonly authorityHost: string;
  /** A token that the vault accepts, unless the claims say otherwise. Default life: one hour. */
  issueToken(claims?: Partial<TokenClaims>): string;
  /** Makes something go wrong; returns a function that ends it. */
  fail(rule: FaultRule): () => void;
  /** Takes permissions away from every token (403 ForbiddenByRbac); an empty list gives all back. */
  deny(permissions: readonly SecretPermission[]): void;
  /** Every request so far, the oldest first, without bodies and tokens. */
  readonly requests: readonly RecordedRequest[];
  /** Ends the server and every connection. */
  close(): Promise<void>;
}

/** What is kept of a request. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Whether it carried a token. */
  readonly authorized: boolean;
  readonly bodyBytes: number;
  readonly atMs: number;
}

const apiVersions = /^(?:2016-10-01|7\.[0-6](?:-preview\.\d+)?|2025-07-01)$/u;

/** Far more than any request of Key Vault has; a backup of 500 versions is the largest. */
const maxBodyBytes = 64 * 1024 * 1024;

/**
 * Starts a Key Vault for secrets on 127.0.0.1: the REST API with its challenge, token check, paging,
 * soft delete, limits and error bodies, as Microsoft documents them. It keeps everything in memory.
 *
 * It stands in for the service in tests; see the package's README for what it does not do.
 *
 * @example
 * const server = await startKeyVaultServer({ tls: { cert, key } });
 * const client = new SecretClient(server.url, credential, {
 *   disableChallengeResourceVerification: true,
 *   tlsOptions: { ca },
 * });
 */
export async function startKeyVaultServer(options: KeyVaultServerOptions): Promise<KeyVaultServer> {
  const server = new InProcessKeyVault(options);
  await server.listen();
  return server;
}

class InProcessKeyVault implements KeyVaultServer {
  readonly tenantId = randomUUID();
  readonly resource = "https://vault.azure.net";
  readonly requests: RecordedRequest[] = [];
  readonly #options: KeyVaultServerOptions;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #state: VaultState;
  readonly #rates: RateLimiter;
  readonly #faults = new Faults();
  readonly #tokenKey = randomBytes(32);
  readonly #backupKey: Buffer;
  #denied: ReadonlySet<SecretPermission> = new Set();
  #origin = "";

  constructor(options: KeyVaultServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#rates = new RateLimiter(this.#clock);
    this.#backupKey = options.backupKey ?? randomBytes(32);
    this.#state = new VaultState({
      clock: this.#clock,
      transitionMs: options.transitionMs ?? 0,
      retentionDays: options.retentionDays ?? 90,
      purgeProtection: options.purgeProtection ?? false,
    });
    this.#server = createServer(options.tls, (request, response) => {
      void this.#serve(request, response);
    });
  }

  get url(): string {
    return this.#origin;
  }

  get authorityHost(): string {
    return this.#origin;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#options.port ?? 0, "127.0.0.1", () => {
        this.#server.off("error", reject);
        this.#origin = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
        resolve();
      });
    });
  }

  issueToken(claims: Partial<TokenClaims> = {}): string {
    const now = this.#nowSeconds();
    return signToken(
      {
        aud: this.resource,
        iss: this.#issuer,
        tid: this.tenantId,
        oid: randomUUID(),
        nbf: now - 1,
        exp: now + 3_600,
        ...claims,
      },
      this.#tokenKey,
    );
  }

  fail(rule: FaultRule): () => void {
    return this.#faults.add(rule);
  }

  deny(permissions: readonly SecretPermission[]): void {
    this.#denied = new Set(permissions);
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.close((error) => (error === undefined ? resolve() : reject(error)));
      this.#server.closeAllConnections();
    });
  }

  get #issuer(): string {
    return `https://sts.windows.net/${this.tenantId}/`;
  }

  get #challenge(): string {
    return `Bearer authorization="${this.#origin}/${this.tenantId}", resource="${this.resource}"`;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const request = await readRequest(incoming);
      this.requests.push({
        method: request.method,
        path: request.path,
        authorized: request.headers.authorization !== undefined,
        bodyBytes: Buffer.byteLength(request.body),
        atMs: this.#clock.now(),
      });
      const fault = this.#faults.take(request);
      if (fault?.type === "reset") return void incoming.socket.destroy();
      if (fault?.type === "latency") await delay(fault.latencyMs);
      if (fault?.type === "html") return sendHtml(response, fault.status);
      const answer =
        (fault === undefined ? undefined : faultAnswer(fault, this.#challenge)) ??
        this.#answer(request);
      if (fault?.type === "reset-after") return void incoming.socket.destroy();
      send(response, answer, fault);
    } catch {
      incoming.socket.destroy();
    }
  }

  #answer(request: KeyVaultRequest): KeyVaultAnswer {
    try {
      return (
        answerTokenEndpoint(request, {
          origin: this.#origin,
          tenantId: this.tenantId,
          clients: this.#options.clients ?? [],
          issue: () => ({ token: this.issueToken(), expiresInSeconds: 3_600 }),
        }) ?? this.#answerVault(request)
      );
    } catch (error) {
      if (error instanceof KeyVaultFault) return error.answer();
      return new KeyVaultFault(500, "InternalError", "An internal error has occurred.").answer();
    }
  }

  #answerVault(request: KeyVaultRequest): KeyVaultAnswer {
    checkAuthorization(request.headers.authorization, {
      key: this.#tokenKey,
      resource: this.resource,
      issuer: this.#issuer,
      challenge: this.#challenge,
      nowSeconds: this.#nowSeconds(),
    });
    const apiVersion = request.query.get("api-version");
    if (apiVersion === null) throw badParameter("api-version must be specified");
    if (!apiVersions.test(apiVersion))
      throw badParameter("The specified api-version is not supported.");
    const route = matchRoute(request, {
      state: this.#state,
      bundles: new Bundles(this.#origin, this.#state),
      origin: this.#origin,
      backupKey: this.#backupKey,
    });
    if (this.#options.enforceRates === true) this.#rates.admit(route.creates);
    if (this.#denied.has(route.permission)) {
      throw forbidden("Caller is not authorized to perform action on resource.", "ForbiddenByRbac");
    }
    return route.run();
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1_000);
  }
}

async function readRequest(incoming: IncomingMessage): Promise<KeyVaultRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error("The request body is too long.");
    chunks.push(chunk);
  }
  const [path = "/", query = ""] = (incoming.url ?? "/").split("?", 2);
  return {
    method: incoming.method ?? "GET",
    path: decodePath(path),
    query: new URLSearchParams(query),
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** What cannot be decoded is found nowhere. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "/";
  }
}

function send(
  response: ServerResponse,
  answer: KeyVaultAnswer,
  fault: FaultAction | undefined,
): void {
  const headers: Record<string, string> = {
    "cache-control": "no-cache",
    "x-ms-keyvault-region": "localhost",
    "x-ms-keyvault-service-version": "1.9.0.0",
    "x-ms-request-id": randomUUID(),
    ...answer.headers,
  };
  if (answer.body === undefined) {
    response.writeHead(answer.status, headers).end();
    return;
  }
  const text = JSON.stringify(answer.body);
  const half = text.slice(0, Math.ceil(text.length / 2));
  const sent = fault?.type === "truncated-json" ? half : text;
  response.writeHead(answer.status, {
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(sent),
  });
  if (fault?.type === "cut") response.write(half, () => response.destroy());
  else response.end(sent);
}

function sendHtml(response: ServerResponse, status: number): void {
  const text = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>";
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(text);
}
