import type { Span, Tracer } from "@opentelemetry/api";
import type {
  AttemptStartEvent,
  CallEndEvent,
  CallStartEvent,
  FailoverEvent,
  RetryEvent,
  StaleServedEvent,
  StoreEvent,
} from "../events/store-events.js";
import { attributes, boundedOperation, boundedStore, spanEvents, spanPrefix } from "./names.js";

interface OpenCall {
  readonly span: Span;
  readonly key: string;
  attempts: number;
}

/** OpenTelemetry's `SpanStatusCode.ERROR`, which is part of its protocol. */
const statusError = 2;

/**
 * One span for each call. Events of attempts do not name the call: several calls may wait for one
 * attempt, and then each of them counts it.
 */
export class CallSpans {
  readonly #tracer: Tracer;
  readonly #open = new Map<number, OpenCall>();
  readonly #byKey = new Map<string, Set<OpenCall>>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  start(event: CallStartEvent): void {
    const operation = boundedOperation(event.operation);
    // Its parent is the span that is active where the application made the call.
    const span = this.#tracer.startSpan(`${spanPrefix}${operation}`, {
      attributes: {
        [attributes.store]: boundedStore(event.provider),
        [attributes.operation]: operation,
        ...(event.nameHash === undefined ? {} : { [attributes.nameHash]: event.nameHash }),
      },
    });
    const call: OpenCall = { span, key: keyOf(event), attempts: 0 };
    this.#open.set(event.callId, call);
    const alike = this.#byKey.get(call.key);
    if (alike === undefined) this.#byKey.set(call.key, new Set([call]));
    else alike.add(call);
  }

  attempt(event: AttemptStartEvent): void {
    for (const call of this.#alike(event)) call.attempts += 1;
  }

  retry(event: RetryEvent): void {
    for (const { span } of this.#alike(event)) {
      span.addEvent(spanEvents.retry, {
        [attributes.attempt]: event.attempt,
        [attributes.delayMs]: event.delayMs,
        [attributes.code]: event.code,
      });
    }
  }

  stale(event: StaleServedEvent): void {
    for (const { span } of this.#alike(event)) {
      span.setAttribute(attributes.staleAgeMs, event.ageMs);
    }
  }

  failover(event: FailoverEvent): void {
    for (const { span } of this.#alike(event)) {
      span.addEvent(spanEvents.failover, {
        [attributes.to]: boundedStore(event.to),
        [attributes.code]: event.code,
      });
    }
  }

  end(event: CallEndEvent): void {
    const call = this.#open.get(event.callId);
    if (call === undefined) return;
    this.#open.delete(event.callId);
    const alike = this.#byKey.get(call.key);
    alike?.delete(call);
    if (alike?.size === 0) this.#byKey.delete(call.key);
    const { span, attempts } = call;
    span.setAttribute(attributes.outcome, event.outcome);
    span.setAttribute(attributes.attempts, attempts);
    if (event.source !== undefined) span.setAttribute(attributes.source, event.source);
    // The code alone: a message may name the secret.
    if (event.outcome !== "ok") span.setStatus({ code: statusError, message: event.outcome });
    span.end();
  }

  /** Ends what is open, as when nobody listens any more. */
  close(): void {
    for (const { span } of this.#open.values()) span.end();
    this.#open.clear();
    this.#byKey.clear();
  }

  #alike(event: StoreEvent): Iterable<OpenCall> {
    return this.#byKey.get(keyOf(event)) ?? [];
  }
}

function keyOf({ provider, operation, nameHash }: StoreEvent): string {
  return `${provider} ${operation} ${nameHash ?? ""}`;
}
