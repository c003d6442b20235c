import type { WatchCapability } from "../capabilities/capability-map.js";
import { isSecretError } from "../errors/secret-error.js";
import { formatRef } from "../refs/format-ref.js";
import type { SecretRef } from "../refs/ref.js";
import type { Clock } from "../runtime/clock.js";
import type { Logger } from "../runtime/logger.js";
import type { SecretChange, SecretStore, WatchOptions } from "./secret-store.js";

/** Default of `intervalMs`. */
const defaultIntervalMs = 30_000;

interface WatchPort {
  readonly store: Pick<SecretStore, "get">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly push: WatchCapability | undefined;
  readonly isClosed: () => boolean;
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
export async function* watch(
  refs: readonly SecretRef[],
  options: WatchOptions,
  port: WatchPort,
): AsyncGenerator<SecretChange> {
  const { signal } = options;
  if (port.push !== undefined) {
    const never = new AbortController().signal;
    for await (const change of port.push.watch(refs, { signal: signal ?? never })) {
      yield { ref: formatRef(change.ref), type: change.type };
    }
    return;
  }
  const key = process.getBuiltinModule("node:crypto").randomBytes(32);
  const known = new Map<string, Snapshot>();
  while (signal?.aborted !== true && !port.isClosed()) {
    for (const ref of refs) {
      const text = formatRef(ref);
      const next = await look(ref, key, options, port);
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
  options: WatchOptions,
  port: WatchPort,
): Promise<Snapshot | undefined> {
  try {
    const secret = await port.store.get(ref, { signal: options.signal });
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
