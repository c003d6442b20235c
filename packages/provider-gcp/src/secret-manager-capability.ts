import {
  createSecretError,
  isSecretError,
  type CallOptions,
  type SecretPath,
  type SecretRef,
} from "@kinko/core";
import { notFound, versionNotFound } from "./errors/absence.js";
import { classifyError } from "./errors/classify.js";
import { isFailure } from "./errors/service-failure.js";
import type { NativeSecret } from "./client/secret-manager.js";
import { resourceName, type SecretsContext } from "./secrets/context.js";
import { isVersionId, numberedName } from "./secrets/version-lookup.js";
import { toDate } from "./secrets/versions.js";

/** What Secret Manager keeps of a secret beside its versions. */
export interface SecretManagerProperties {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Version ids by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly createdAt?: Date;
  /** When the secret and all its versions are deleted by themselves. */
  readonly expiresAt?: Date;
  /** How long a destroyed version can still be enabled again. */
  readonly versionDestroyTtlSeconds?: number;
  /** When Google next reminds the topics that the secret is to be rotated. */
  readonly nextRotationAt?: Date;
  readonly rotationPeriodSeconds?: number;
  /** Pub/Sub topics that are told of changes. */
  readonly topics: readonly string[];
}

/** What Secret Manager alone can do, under `store.as("secretManager")`. All failures are SecretErrors. */
export interface SecretManagerCapability {
  properties(path: SecretPath, options: CallOptions): Promise<SecretManagerProperties>;
  /** Makes a disabled version readable, also one that waits for its destruction. */
  enableVersion(ref: SecretRef, options: CallOptions): Promise<void>;
  /** Makes a version unreadable until it is enabled again. */
  disableVersion(ref: SecretRef, options: CallOptions): Promise<void>;
  /**
   * Replaces all aliases, by which `stage:NAME` reads. @throws ConflictError when the secret was
   * changed meanwhile
   */
  setAliases(
    path: SecretPath,
    aliases: Readonly<Record<string, string>>,
    options: CallOptions,
  ): Promise<void>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    secretManager: SecretManagerCapability;
  }
}

/** Makes the capability. */
export function secretManagerCapability(context: SecretsContext): SecretManagerCapability {
  const read = (path: SecretPath, signal: AbortSignal): Promise<NativeSecret> =>
    context.service.call("getSecret", { name: resourceName(context, path) }, signal);
  const change = (
    method: "enableSecretVersion" | "disableSecretVersion",
    ref: SecretRef,
    signal: AbortSignal,
  ): Promise<void> =>
    clean(async () => {
      const name = await numberedName(context, ref, signal);
      await context.service.call(method, { name }, signal);
    });
  return {
    properties: (path, { signal }) => clean(async () => toProperties(await read(path, signal))),
    enableVersion: (ref, { signal }) => change("enableSecretVersion", ref, signal),
    disableVersion: (ref, { signal }) => change("disableSecretVersion", ref, signal),
    setAliases: (path, aliases, { signal }) =>
      clean(async () => {
        const numbers = Object.entries(aliases).map(([alias, id]) => {
          if (!isVersionId(id)) throw versionNotFound();
          return [alias, Number(id)] as const;
        });
        // The etag keeps aliases that somebody sets at the same time from being lost unseen.
        const { etag } = await read(path, signal);
        const secret = {
          name: resourceName(context, path),
          versionAliases: Object.fromEntries(numbers),
          ...(etag === null || etag === undefined ? {} : { etag }),
        };
        const updateMask = { paths: ["version_aliases"] };
        await context.service.call("updateSecret", { secret, updateMask }, signal);
      }),
  };
}

/** `store.as` hands out the object itself, so its errors are not wrapped by the store. */
async function clean<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isSecretError(error)) throw error;
    if (isFailure(error, "NOT_FOUND")) throw notFound();
    const { code, what, ...details } = classifyError(error);
    throw createSecretError(code, what ?? "The call of Secret Manager failed.", details);
  }
}

function toProperties(secret: NativeSecret): SecretManagerProperties {
  const createdAt = toDate(secret.createTime);
  const expiresAt = toDate(secret.expireTime);
  const nextRotationAt = toDate(secret.rotation?.nextRotationTime);
  const versionDestroyTtlSeconds = toSeconds(secret.versionDestroyTtl);
  const rotationPeriodSeconds = toSeconds(secret.rotation?.rotationPeriod);
  return {
    labels: secret.labels ?? {},
    annotations: secret.annotations ?? {},
    aliases: Object.fromEntries(
      Object.entries(secret.versionAliases ?? {}).map(([alias, id]) => [alias, String(id)]),
    ),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(versionDestroyTtlSeconds === undefined ? {} : { versionDestroyTtlSeconds }),
    ...(nextRotationAt === undefined ? {} : { nextRotationAt }),
    ...(rotationPeriodSeconds === undefined ? {} : { rotationPeriodSeconds }),
    topics: (secret.topics ?? []).flatMap(({ name }) => (typeof name === "string" ? [name] : [])),
  };
}

function toSeconds(
  duration: { readonly seconds?: unknown } | null | undefined,
): number | undefined {
  return duration === null || duration === undefined ? undefined : Number(duration.seconds ?? 0);
}
