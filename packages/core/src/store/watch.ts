import type { WatchCapability } from "../capabilities/capability-map.js";
import { isSecretError } from "../errors/secret-error.js";
import { formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Clock } from "../runtime/clock.js";
import type { Logger } from "../runtime/logger.js";
import type { Secret } from "../secret/secret.js";
import type { CallRunner } from "./call.js";
import type { SecretChange, WatchOptions } from "./secret-store.js";

/** Default of `intervalMs`. */
const defaultIntervalMs = 30_000;

interface WatchPort {
  /** Reads once: the next look is the retry. */
  readonly get: (ref: SecretRef, options: { readonly signal: AbortSignal }) => Promise<Secret>;
  readonly calls: Pick<CallRunner, "wrap" | "closing">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly push: WatchCapability | undefined;
}

interface Snapshot {
  /** Keyed digest of the value, or undefined when there is no readable secret. */
  readonly digest: string | undefined;
  readonly version: string | undefined;
}

/**
 * Yields changes of the given refs. Without push it reads them every interval and compares keyed
 * digests, so no value is kept between looks and a rewrite of the same value is no change.
 */
export function watch(
  refs: readonly SecretRef[],
  options: WatchOptions,
  port: WatchPort,
): AsyncIterable<SecretChange> {
  return {
    [Symbol.asyncIterator]() {
      const controller = new AbortController();
      const sources = [options.signal, port.calls.closing];
      const stop = (): void => {
        controller.abort();
        for (const source of sources) source?.removeEventListener("abort", stop);
      };
      for (const source of sources) {
        source?.addEventListener("abort", stop);
        if (source?.aborted === true) stop();
      }
      const changes = port.push === undefined ? poll : pushed;
      const iterator = untilStopped(changes(refs, options, port, controller.signal), stop);
      return {
        next: () => iterator.next(),
        return: () => {
          // A generator that waits cannot be left before its wait is over, so that goes first.
          stop();
          return iterator.return(undefined);
        },
      };
    },
  };
}

async function* untilStopped(
  changes: AsyncGenerator<SecretChange>,
  stop: () => void,
): AsyncGenerator<SecretChange> {
  try {
    yield* changes;
  } finally {
    stop();
  }
}

async function* pushed(
  refs: readonly SecretRef[],
  _options: WatchOptions,
  port: WatchPort,
  signal: AbortSignal,
): AsyncGenerator<SecretChange> {
  if (port.push === undefined || signal.aborted) return;
  try {
    for await (const change of port.push.watch(refs, { signal })) {
      yield { ref: formatRef(change.ref), type: change.type };
      if (signal.aborted) return;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw port.calls.wrap(error, { operation: "watch" });
  }
}

async function* poll(
  refs: readonly SecretRef[],
  options: WatchOptions,
  port: WatchPort,
  signal: AbortSignal,
): AsyncGenerator<SecretChange> {
  const key = process.getBuiltinModule("node:crypto").randomBytes(32);
  const known = new Map<string, Snapshot>();
  while (!signal.aborted) {
    for (const ref of refs) {
      const text = formatRef(ref);
      const next = await look(ref, key, signal, port);
      if (next === undefined) continue;
      const before = known.get(text);
      known.set(text, next);
      const type = before === undefined ? undefined : changeType(before, next);
      if (type !== undefined) yield { ref: text, type, version: next.version };
    }
    try {
      await port.clock.sleep(options.intervalMs ?? defaultIntervalMs, { signal });
    } catch {
      return;
    }
  }
}

function changeType(before: Snapshot, next: Snapshot): SecretChange["type"] | undefined {
  if (before.digest === next.digest) return undefined;
  if (before.digest === undefined) return "created";
  return next.digest === undefined ? "deleted" : "updated";
}

/** Undefined when the store could not be asked this time. */
async function look(
  ref: SecretRef,
  key: Buffer,
  signal: AbortSignal,
  port: WatchPort,
): Promise<Snapshot | undefined> {
  try {
    const secret = await port.get(ref, { signal });
    const bytes = secret.bytes();
    // Not imported at the top: see Secret.equals.
    const { createHmac } = process.getBuiltinModule("node:crypto");
    const digest = createHmac("sha256", key).update(secret.kind).update(bytes).digest("base64");
    bytes.fill(0);
    secret.dispose();
    return { digest, version: secret.metadata?.version };
  } catch (error) {
    if (!isSecretError(error)) throw error;
    switch (error.code) {
      case "NotFound":
      case "Deleted":
      case "Destroyed":
      case "VersionNotFound":
        return { digest: undefined, version: undefined };
      case "Aborted":
      case "Closed":
        return undefined;
      default:
        if (!error.retryable) throw error;
        port.logger.warn("watch could not read; it tries again", {
          ref: error.ref,
          code: error.code,
        });
        return undefined;
    }
  }
}
