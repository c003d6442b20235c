import { isSecretError } from "@kinko/core";
import type { AuthMethod, TokenEnding } from "../auth/auth-method.js";
import type { TokenHold } from "../auth/token-holds.js";
import { vaultError } from "../errors/vault-error.js";
import { errorOf, responseError, saysInvalidToken } from "../errors/response-error.js";
import type { SendVaultCall } from "../transport/node-vault.js";
import { parseAnswer, type VaultAnswer } from "./answer.js";

/** One request to Vault's API. */
export interface VaultRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Encoded path below `/v1/`, with its query: `secret/data/app?version=3`. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** Failure statuses that are answers here, not errors. */
  readonly accept?: readonly number[];
  /**
   * `own` (default): the configured token. `anonymous`: none. `none`: no namespace either. Or
   * another token.
   */
  readonly credentials?: "own" | "anonymous" | "none" | { readonly token: string };
  /** Instead of the configured one; an empty text is the root. */
  readonly namespace?: string | undefined;
  /** Vault then keeps its answer, and gives a token that opens it once within this time. */
  readonly wrapTtlSeconds?: number | undefined;
  /**
   * True for a GET that makes something, such as a login to a database: it is not sent again on a new
   * connection, since what the first one made would be known to nobody. So is whatever is wrapped.
   */
  readonly once?: boolean | undefined;
  /** The body names another token: a 403 that speaks of a token may mean that one. */
  readonly namesToken?: boolean | undefined;
  /** What is made lives only as long as the own token: told, on success, of a hold on that one. */
  readonly onHeld?: ((hold: TokenHold) => void) | undefined;
}

/**
 * Authenticated requests to one Vault: what every engine is built on. It sends token and namespace,
 * logs in again once when the token has ended, and turns failures into errors.
 */
export class VaultClient {
  readonly #send: SendVaultCall;
  readonly #auth: AuthMethod;
  readonly #namespace: string | undefined;
  readonly #sendsNamespaces: boolean;
  /** Newest state that this process has written or seen; Enterprise then reads nothing older. */
  #index: string | undefined;
  /** What lookup-self said of a token that was refused something. */
  #judged:
    | { readonly token: string; readonly valid: boolean; readonly untilMs: number }
    | undefined;
  readonly #monotonicMs: () => number;

  constructor(options: {
    readonly send: SendVaultCall;
    readonly auth: AuthMethod;
    readonly namespace: string | undefined;
    /** False: namespaces are folders here, so a call cannot name one. Default true. */
    readonly sendsNamespaces?: boolean;
    readonly monotonicMs: () => number;
  }) {
    this.#send = options.send;
    this.#auth = options.auth;
    this.#namespace = options.namespace;
    this.#sendsNamespaces = options.sendsNamespaces ?? true;
    this.#monotonicMs = options.monotonicMs;
  }

  /** @throws SecretError for what Vault says, errors of Node's HTTP client as they are */
  async request(request: VaultRequest): Promise<VaultAnswer> {
    const { credentials = "own", signal } = request;
    if (request.namespace !== undefined && !this.#sendsNamespaces) throw namespaceIsFolder();
    if (credentials !== "own") {
      const token = typeof credentials === "object" ? credentials.token : undefined;
      const answer = await this.#exchange(request, token);
      if (answer.status === 403 && request.accept?.includes(403) !== true) throw rejected(answer);
      return await this.#settle(request, answer);
    }
    const token = await this.#auth.token(signal);
    const answer = await this.#exchange(request, token);
    if (answer.status !== 403) return this.#settle(request, answer, token);
    if (await this.#isValid(token, answer, request)) return this.#refuse(request, answer);
    if (!(await this.#auth.replace(token, signal))) throw rejected(answer);
    // Refused means not done, so a write may be sent again as well.
    const renewed = await this.#auth.token(signal);
    const second = await this.#exchange(request, renewed);
    if (second.status !== 403) return this.#settle(request, second, renewed);
    if (await this.#isValid(renewed, second, request)) return this.#refuse(request, second);
    throw rejected(second);
  }

  /** The error that an accepted failure status means after all. */
  errorOf(answer: VaultAnswer): Error {
    return responseError(answer);
  }

  /** See {@link AuthMethod.onSucceeded}. */
  onTokenSucceeded(listener: (ending: TokenEnding) => void): () => void {
    return this.#auth.onSucceeded(listener);
  }

  async close(): Promise<void> {
    this.#judged = undefined;
    await this.#auth.close();
  }

  async #exchange(request: VaultRequest, token: string | undefined): Promise<VaultAnswer> {
    const headers: Record<string, string> = { "X-Vault-Request": "true" };
    if (token !== undefined) headers["X-Vault-Token"] = token;
    const namespace = request.namespace ?? this.#namespace;
    if (namespace !== undefined && namespace !== "" && request.credentials !== "none") {
      headers["X-Vault-Namespace"] = namespace;
    }
    if (request.wrapTtlSeconds !== undefined) {
      headers["X-Vault-Wrap-TTL"] = `${request.wrapTtlSeconds}s`;
    }
    if (this.#index !== undefined) headers["X-Vault-Index"] = this.#index;
    if (request.body !== undefined) {
      headers["Content-Type"] =
        request.method === "PATCH" ? "application/merge-patch+json" : "application/json";
    }
    const response = await this.#send({
      method: request.method,
      path: `/${request.path}`,
      headers,
      json: request.body,
      once: request.once === true || request.wrapTtlSeconds !== undefined,
      signal: request.signal,
    });
    const answer = parseAnswer(response);
    this.#index = answer.index ?? this.#index;
    return answer;
  }

  /** A 403 although our own token is valid: it is about the policy, or about a token in the body. */
  #refuse(request: VaultRequest, answer: VaultAnswer): Promise<VaultAnswer> {
    if (request.namesToken === true && saysInvalidToken(answer)) {
      return this.#settle(request, answer);
    }
    throw denied(answer);
  }

  /** @param token the own one, when it was sent */
  async #settle(request: VaultRequest, answer: VaultAnswer, token?: string): Promise<VaultAnswer> {
    if (answer.status >= 200 && answer.status <= 299) {
      if (token !== undefined) request.onHeld?.(this.#auth.hold(token));
      return answer;
    }
    if (request.accept?.includes(answer.status) === true) return answer;
    const error = responseError(answer);
    const uninitialised =
      isSecretError(error, "Sealed") && (await this.#isUninitialised(request.signal));
    throw uninitialised ? errorOf(answer, notInitialised) : error;
  }

  /** A Vault that was never initialised calls itself sealed; only its health tells the difference. */
  async #isUninitialised(signal: AbortSignal): Promise<boolean> {
    const health: VaultRequest = { method: "GET", path: "sys/health", signal, credentials: "none" };
    return (await this.#exchange(health, undefined)).status === 501;
  }

  /** Whether a 403 is about the request and not about the token. */
  async #isValid(token: string, answer: VaultAnswer, request: VaultRequest): Promise<boolean> {
    const { signal, namesToken } = request;
    if (namesToken !== true && saysInvalidToken(answer)) return false;
    const now = this.#monotonicMs();
    if (this.#judged?.token === token && now < this.#judged.untilMs) return this.#judged.valid;
    const lookup = await this.#exchange(
      { method: "GET", path: "auth/token/lookup-self", signal },
      token,
    );
    // A token without the default policy may not look itself up: that is a denial as well.
    const valid = lookup.status !== 403 || !saysInvalidToken(lookup);
    this.#judged = { token, valid, untilMs: now + judgementMs };
    return valid;
  }
}

/** How long the answer of lookup-self is believed, so that many denials do not double the load. */
const judgementMs = 5_000;

const notInitialised = {
  code: "Uninitialized",
  reason: "not-initialised",
  what: "Vault has not been initialised.",
  advice: "Run `vault operator init`, then unseal it.",
} as const;

/** Vault would ignore the header, and answer from outside of the folder. */
function namespaceIsFolder(): Error {
  return vaultError("Unsupported", "A call cannot name a namespace here: it is a folder.", {
    reason: "namespace-is-folder",
    field: "namespace",
    advice: "Open a store for each namespace, or set namespaceMode to header on Vault Enterprise.",
  });
}

function denied(answer: VaultAnswer): Error {
  return errorOf(answer, {
    code: "PermissionDenied",
    reason: "policy",
    what: "The token is valid, but its policies do not allow this.",
    advice:
      "Ask for a policy that grants it; the README of @kinko/provider-vault lists what each operation needs.",
  });
}

function rejected(answer: VaultAnswer): Error {
  return errorOf(answer, {
    code: "Unauthenticated",
    reason: "token-rejected",
    what: "Vault does not accept the token: it is wrong, expired or revoked.",
    advice: "Log in again, and check that the token belongs to this Vault and namespace.",
  });
}
