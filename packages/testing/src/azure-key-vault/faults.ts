import type { KeyVaultAnswer, KeyVaultRequest } from "./protocol.js";
import { forbidden, KeyVaultFault, throttled } from "./protocol.js";

/** Something that goes wrong, on purpose. */
export type FaultAction =
  /** Answers as usual, later. */
  | { readonly type: "latency"; readonly latencyMs: number }
  /** 429, with `Retry-After` when a time is given. */
  | { readonly type: "throttled"; readonly retryAfterSeconds?: number }
  /** 401 with the challenge, as for a token that has expired or was revoked. */
  | { readonly type: "unauthorized" }
  /** 403 with the inner code that says who refused. */
  | {
      readonly type: "forbidden";
      readonly by:
        | "ForbiddenByRbac"
        | "ForbiddenByPolicy"
        | "ForbiddenByFirewall"
        | "ForbiddenByConnection"
        | "AccessDenied";
    }
  /** Any other status with an error body of Key Vault. */
  | {
      readonly type: "status";
      readonly status: number;
      readonly code: string;
      readonly innerCode?: string;
      readonly message?: string;
    }
  /** Any answer at all. */
  | { readonly type: "json"; readonly status: number; readonly body: unknown }
  /** A page of HTML, as a proxy or a captive portal sends. */
  | { readonly type: "html"; readonly status: number }
  /** The usual answer, cut off in the middle of its JSON with the connection closed properly. */
  | { readonly type: "truncated-json" }
  /** The usual answer, with the connection cut in the middle of it. */
  | { readonly type: "cut" }
  /** The request is carried out and its answer never sent: the connection is reset. */
  | { readonly type: "reset-after" }
  /** The connection is reset before anything is done. */
  | { readonly type: "reset" };

/** When a fault strikes. */
export interface FaultRule {
  readonly action: FaultAction;
  /** How many matching requests it strikes. Default 1; `Infinity` until it is removed. */
  readonly times?: number;
  /** Which requests match. Default: all that carry a token, so that the challenge still works. */
  readonly on?: (request: KeyVaultRequest) => boolean;
}

/** The faults that wait to strike. */
export class Faults {
  #rules: { rule: FaultRule; left: number }[] = [];

  /** Adds a fault; returns a function that removes it. */
  add(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? 1 };
    this.#rules.push(entry);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault that strikes this request; it is used up by one. */
  take(request: KeyVaultRequest): FaultAction | undefined {
    const entry = this.#rules.find(
      ({ rule, left }) =>
        left > 0 && (rule.on?.(request) ?? request.headers.authorization !== undefined),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    return entry.rule.action;
  }
}

/** The answer of a fault that replaces the usual one; undefined for those that come after it. */
export function faultAnswer(action: FaultAction, challenge: string): KeyVaultAnswer | undefined {
  switch (action.type) {
    case "throttled":
      return throttled(action.retryAfterSeconds).answer();
    case "unauthorized":
      return new KeyVaultFault(
        401,
        "Unauthorized",
        "AKV10001: Token has expired or is not yet valid.",
        {
          headers: { "www-authenticate": `${challenge}, error="invalid_token"` },
        },
      ).answer();
    case "forbidden":
      return forbidden(
        "Caller is not authorized to perform action on resource.",
        action.by,
      ).answer();
    case "status":
      return new KeyVaultFault(action.status, action.code, action.message ?? action.code, {
        innerCode: action.innerCode,
      }).answer();
    case "json":
      return { status: action.status, body: action.body };
    case "html":
    case "latency":
    case "truncated-json":
    case "cut":
    case "reset":
    case "reset-after":
      return undefined;
  }
}
