import { isSecretError } from "../errors/secret-error.js";
import { refText } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Clock } from "../runtime/clock.js";
import type { EventHub } from "./event-hub.js";
import { nameHashOfRef } from "./name-hash.js";
import type { CallEndEvent } from "./store-events.js";

let lastId = 0;

/** The next `callId` or `attemptId`. */
export function nextEventId(): number {
  return (lastId += 1);
}

/** What surrounds a call with its two events. */
export interface CallEvents {
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly provider: string;
}

/** Runs a call between its `call-start` and `call-end`; alone when nobody wants to hear of calls. */
export function withCallEvents<Result>(
  events: CallEvents,
  operation: string,
  ref: SecretRef | string | undefined,
  work: () => Promise<Result>,
  sourceOf: (result: Result) => CallEndEvent["source"] = () => "store",
): Promise<Result> {
  const { hub } = events;
  if (!hub.wants("call-start") && !hub.wants("call-end")) return work();
  return between(events, operation, ref, work, sourceOf);
}

async function between<Result>(
  { hub, clock, provider }: CallEvents,
  operation: string,
  ref: SecretRef | string | undefined,
  work: () => Promise<Result>,
  sourceOf: (result: Result) => CallEndEvent["source"],
): Promise<Result> {
  const about = {
    callId: nextEventId(),
    provider,
    operation,
    nameHash: nameHashOfRef(refText(ref)),
  };
  const startMs = clock.monotonicMs();
  const end = (outcome: CallEndEvent["outcome"], source: CallEndEvent["source"]): void =>
    hub.emit("call-end", {
      ...about,
      durationMs: clock.monotonicMs() - startMs,
      outcome,
      source,
    });
  hub.emit("call-start", about);
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    end(isSecretError(error) ? error.code : "Internal", undefined);
    throw error;
  }
  end("ok", sourceOf(result));
  return result;
}
