import type { IncomingHttpHeaders } from "node:http";

/** A request as the routes see it. */
export interface KeyVaultRequest {
  readonly method: string;
  /** Path without the query, such as `/secrets/name`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer; the body is sent as JSON. */
export interface KeyVaultAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a caller must be allowed to do; the names of Key Vault's access policies. */
export type SecretPermission =
  | "get"
  | "list"
  | "set"
  | "delete"
  | "recover"
  | "backup"
  | "restore"
  | "purge";

/**
 * A failure as Key Vault answers it: `{ error: { code, message, innererror: { code } } }`.
 *
 * Shape: https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
 */
export class KeyVaultFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly innerCode: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: {
      readonly innerCode?: string | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.name = "KeyVaultFault";
    this.status = status;
    this.code = code;
    this.innerCode = details.innerCode;
    this.headers = details.headers ?? {};
  }

  answer(): KeyVaultAnswer {
    const inner = this.innerCode === undefined ? {} : { innererror: { code: this.innerCode } };
    return {
      status: this.status,
      body: { error: { code: this.code, message: this.message, ...inner } },
      headers: this.headers,
    };
  }
}

/** 400, a parameter that the service does not take. */
export function badParameter(message: string): KeyVaultFault {
  return new KeyVaultFault(400, "BadParameter", message);
}

/** 404, for names and versions that are not there, also soft-deleted ones. */
export function secretNotFound(name: string): KeyVaultFault {
  return new KeyVaultFault(
    404,
    "SecretNotFound",
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`,
  );
}

/** 404 of everything under `/deletedsecrets`. */
export function deletedSecretNotFound(name: string): KeyVaultFault {
  return new KeyVaultFault(404, "SecretNotFound", `Deleted Secret not found: ${name}`);
}

/** 409, with the state that the name is in. */
export function conflict(message: string, innerCode?: string): KeyVaultFault {
  return new KeyVaultFault(409, "Conflict", message, { innerCode });
}

/** 403, authenticated and still refused. */
export function forbidden(message: string, innerCode: string): KeyVaultFault {
  return new KeyVaultFault(403, "Forbidden", message, { innerCode });
}

/** 429. Key Vault sends `Retry-After` at times only. */
export function throttled(retryAfterSeconds?: number): KeyVaultFault {
  return new KeyVaultFault(
    429,
    "Throttled",
    "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
    retryAfterSeconds === undefined
      ? {}
      : { headers: { "retry-after": String(retryAfterSeconds) } },
  );
}
