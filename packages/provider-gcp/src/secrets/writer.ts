import {
  cancellationOf,
  type Cancellation,
  type ProviderPutOptions,
  type PutResult,
  type Secret,
  type SecretRef,
} from "@kinko/core";
import type { NativeSecret, NativeVersion } from "../client/secret-manager.js";
import { malformedAnswer } from "../errors/absence.js";
import { isFailure } from "../errors/service-failure.js";
import { checksumOf } from "./checksum.js";
import { lastPart, resourceName, type SecretsContext } from "./context.js";
import { toPayload } from "./payload.js";
import { checkTags, type Tags } from "./tags.js";
import { isVersionId } from "./version-lookup.js";

/** On every secret that is created here, for those who look at a project; nothing reads it. */
const labels = { "managed-by": "kinko" };

/**
 * Writes a new version. What exists takes one request; a new name takes three, the first of which
 * finds out. A secret that was created and whose value was then refused is there without versions:
 * it reads as NotFound, and the next write fills it. It is not deleted again, because nothing could
 * tell whether somebody else has added a version meanwhile.
 */
export async function writeSecret(
  context: SecretsContext,
  ref: SecretRef,
  value: Secret,
  options: ProviderPutOptions,
): Promise<PutResult> {
  const { tags } = options;
  const signal = cancellationOf(options);
  const parent = resourceName(context, ref.path);
  if (tags !== undefined) checkTags(tags);
  const data = toPayload(value);
  try {
    const payload = { data, dataCrc32c: checksumOf(data) };
    const add = (): Promise<NativeVersion> =>
      context.service.call("addSecretVersion", { parent, payload }, signal);
    if (tags !== undefined) await writeTags(context, parent, tags, signal);
    const added = await add().catch(async (error: unknown) => {
      if (!isFailure(error, "NOT_FOUND")) throw error;
      await createSecret(context, parent, tags, signal);
      return add();
    });
    const version = lastPart(added.name);
    if (!isVersionId(version)) throw malformedAnswer();
    return { version };
  } finally {
    data.fill(0);
  }
}

async function writeTags(
  context: SecretsContext,
  name: string,
  tags: Tags,
  signal: Cancellation,
): Promise<void> {
  const request = {
    secret: { name, annotations: { ...tags } },
    updateMask: { paths: ["annotations"] },
  };
  try {
    await context.service.call("updateSecret", request, signal);
  } catch (error) {
    if (!isFailure(error, "NOT_FOUND")) throw error;
    if (await createSecret(context, name, tags, signal)) return;
    await context.service.call("updateSecret", request, signal);
  }
}

/** Whether it was this call that created it. */
async function createSecret(
  { service, settings }: SecretsContext,
  name: string,
  tags: Tags | undefined,
  signal: Cancellation,
): Promise<boolean> {
  const { replication, versionDestroyTtlSeconds } = settings;
  const secret: NativeSecret = {
    labels,
    ...(replication === undefined ? {} : { replication }),
    ...(tags === undefined ? {} : { annotations: { ...tags } }),
    ...(versionDestroyTtlSeconds === undefined
      ? {}
      : { versionDestroyTtl: { seconds: versionDestroyTtlSeconds, nanos: 0 } }),
  };
  try {
    const request = { parent: settings.parent, secretId: lastPart(name), secret };
    await service.call("createSecret", request, signal);
    return true;
  } catch (error) {
    // Another writer was faster; a new version is added to what it made.
    if (isFailure(error, "ALREADY_EXISTS")) return false;
    throw error;
  }
}
