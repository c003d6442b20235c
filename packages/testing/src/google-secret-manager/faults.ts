import { ServiceFault, type FailureDetails, type StatusName } from "./failure.js";
import type { MethodName, SecretManagerCall } from "./service.js";

/** Something that goes wrong, on purpose. */
export type FaultAction =
  /** Answers as usual, later. */
  | { readonly type: "latency"; readonly latencyMs: number }
  /** RESOURCE_EXHAUSTED, with RetryInfo when a time is given. */
  | { readonly type: "throttled"; readonly retryDelaySeconds?: number }
  /** UNAVAILABLE. */
  | { readonly type: "unavailable" }
  /** UNAUTHENTICATED, as for a token that has expired. */
  | { readonly type: "unauthenticated" }
  /** PERMISSION_DENIED; `SERVICE_DISABLED` as reason is an API that is not switched on. */
  | { readonly type: "denied"; readonly reason?: string }
  /** Any other status. */
  | {
      readonly type: "status";
      readonly status: StatusName;
      readonly details?: FailureDetails;
      readonly message?: string;
    }
  /** The request is carried out, and a bit of the payload in its answer is flipped. */
  | { readonly type: "corrupt-payload" }
  /** The request is carried out and its answer lost: the connection is reset, or the call cancelled. */
  | { readonly type: "reset-after" }
  /** The connection is reset, or the call cancelled, before anything is done. */
  | { readonly type: "reset" }
  /** REST: a page of HTML, as a proxy or a captive portal sends. gRPC: UNKNOWN, as its clients show it. */
  | { readonly type: "html"; readonly status: number }
  /** REST: the usual answer, cut off in the middle of its JSON. gRPC: INTERNAL, as its clients show it. */
  | { readonly type: "truncated-json" };

/** When a fault strikes. */
export interface FaultRule {
  readonly action: FaultAction;
  /** How many matching requests it strikes. Default 1; `Infinity` until it is removed. */
  readonly times?: number;
  /** Which requests match: those of a method, or those that a function says yes to. Default: all. */
  readonly on?: MethodName | ((call: SecretManagerCall) => boolean);
}

/** The faults that wait to strike. */
export class Faults {
  #rules: { readonly rule: FaultRule; left: number }[] = [];

  /** Adds a fault; returns a function that removes it. */
  add(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? 1 };
    this.#rules.push(entry);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== entry);
    };
  }

  /** The fault that strikes this call; it is used up by one. */
  take(call: SecretManagerCall): FaultAction | undefined {
    const entry = this.#rules.find(({ rule: { on }, left }) => {
      if (left <= 0) return false;
      return on === undefined || (typeof on === "function" ? on(call) : on === call.method);
    });
    if (entry === undefined) return undefined;
    entry.left -= 1;
    return entry.rule.action;
  }
}

/** The error that a fault answers with; undefined for those that do something else. */
export function faultAnswer(action: FaultAction): ServiceFault | undefined {
  switch (action.type) {
    case "throttled":
      return new ServiceFault(
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Access requests'.",
        {
          reason: "RATE_LIMIT_EXCEEDED",
          retryDelaySeconds: action.retryDelaySeconds,
        },
      );
    case "unavailable":
      return new ServiceFault("UNAVAILABLE", "The service is currently unavailable.");
    case "unauthenticated":
      return new ServiceFault(
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials.",
        {
          reason: "ACCESS_TOKEN_EXPIRED",
        },
      );
    case "denied":
      return new ServiceFault("PERMISSION_DENIED", "The caller does not have permission.", {
        reason: action.reason ?? "IAM_PERMISSION_DENIED",
      });
    case "status":
      return new ServiceFault(action.status, action.message ?? action.status, action.details);
    default:
      return undefined;
  }
}
