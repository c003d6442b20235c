import { formatRef, isAbsence, isSecretError, type SecretRef, type SecretStore } from "@kinko/core";

/** What tells one state of a secret from the next, without its value. */
export interface Stamp {
  /** By which call; those of different calls cannot be compared. */
  readonly by: "version" | "value";
  readonly text: string;
  /** Version that the reference reads, where the store has versions. */
  readonly version: string | undefined;
}

/** The state of a secret now; undefined when there is nothing to read. */
export type StampReader = (ref: SecretRef, signal: AbortSignal) => Promise<Stamp | undefined>;

/**
 * Reads states by the cheapest call there is: the list of versions, which holds no value. Where the
 * store has none, or the credentials may not see it, the secret is read, and only a keyed digest of
 * it is kept.
 */
export function createStampReader(store: SecretStore): StampReader {
  const byValue = valueReader(store);
  const byVersion = versionReader(store);
  const unversioned = store.capabilities.features.versions.support === "unsupported";
  const unseen = new Set<string>();
  return async (ref, signal) => {
    const name = formatRef(ref);
    if (!unversioned && !unseen.has(name)) {
      try {
        return await orAbsent(byVersion(ref, signal));
      } catch (error) {
        if (!isSecretError(error, "PermissionDenied") && !isSecretError(error, "Unsupported")) {
          throw error;
        }
        unseen.add(name);
      }
    }
    return orAbsent(byValue(ref, signal));
  };
}

function versionReader(store: SecretStore): StampReader {
  return async ({ path, version = { kind: "latest" } }, signal) => {
    const versions = await store.versions({ path }, { signal });
    const found = versions.find(({ id, state, current, stages }) => {
      if (state !== "enabled") return false;
      if (version.kind === "id") return id === version.id;
      if (version.kind === "stage") return stages.includes(version.stage);
      return version.kind === "latestEnabled" || current;
    });
    if (found === undefined) return undefined;
    const { id, stages, createdAt } = found;
    const text = JSON.stringify([id, createdAt?.getTime() ?? null, stages]);
    return { by: "version", text, version: id };
  };
}

function valueReader(store: SecretStore): StampReader {
  const { createHmac, randomBytes } = process.getBuiltinModule("node:crypto");
  const key = randomBytes(32);
  return async (ref, signal) => {
    const secret = await store.get(ref, { signal, fresh: true, allowStale: false });
    const bytes = secret.bytes();
    try {
      const text = createHmac("sha256", key).update(secret.kind).update(bytes).digest("base64");
      return { by: "value", text, version: secret.metadata?.version };
    } finally {
      bytes.fill(0);
      secret.dispose();
    }
  };
}

async function orAbsent(stamp: Promise<Stamp | undefined>): Promise<Stamp | undefined> {
  try {
    return await stamp;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}
