import {
  cancellationOf,
  type CallOptions,
  type Cancellation,
  type ProviderSecret,
  type SecretRef,
} from "@kinko/core";
import type { NativeAccess } from "../client/secret-manager.js";
import { malformedAnswer, notFound } from "../errors/absence.js";
import { gcpError } from "../errors/gcp-error.js";
import { isFailure, ServiceFailure } from "../errors/service-failure.js";
import { checksumOf } from "./checksum.js";
import { lastPart, resourceName, type SecretsContext } from "./context.js";
import { fromPayload } from "./payload.js";
import { tagsOf, type Tags } from "./tags.js";
import {
  absence,
  isVersionId,
  nativeSelector,
  newestEnabled,
  unreadable,
} from "./version-lookup.js";

/** Reads one version; one request, unless tags are on or something is amiss. */
export async function readSecret(
  context: SecretsContext,
  ref: SecretRef,
  options: CallOptions,
): Promise<ProviderSecret> {
  const signal = cancellationOf(options);
  const secretName = resourceName(context, ref.path);
  const selector = ref.version ?? { kind: "latest" };
  const native = nativeSelector(selector.kind === "latestEnabled" ? { kind: "latest" } : selector);
  const tags = context.settings.tags ? readTags(context, secretName, signal) : undefined;
  // Its failure is told where it is awaited; that of the value comes first.
  tags?.catch(() => undefined);
  const access = async (version: string): Promise<NativeAccess> =>
    context.service.call(
      "accessSecretVersion",
      { name: `${secretName}/versions/${version}` },
      signal,
    );
  let answer: NativeAccess;
  try {
    answer = await access(native);
  } catch (error) {
    if (isFailure(error, "NOT_FOUND")) {
      throw native === "latest" ? notFound() : await absence(context, secretName, signal);
    }
    if (!(error instanceof ServiceFailure) || error.status !== "FAILED_PRECONDITION") throw error;
    const enabled =
      selector.kind === "latestEnabled"
        ? await newestEnabled(context, secretName, signal)
        : undefined;
    if (enabled === undefined) {
      throw await unreadable(context, `${secretName}/versions/${native}`, error, signal);
    }
    answer = await access(enabled);
  }
  return toProviderSecret(answer, await tags);
}

async function readTags(
  context: SecretsContext,
  secretName: string,
  signal: Cancellation,
): Promise<Tags> {
  const { annotations } = await context.service.call("getSecret", { name: secretName }, signal);
  return tagsOf(annotations);
}

function toProviderSecret({ name, payload }: NativeAccess, tags: Tags | undefined): ProviderSecret {
  const version = lastPart(name);
  const data = payload?.data;
  // Over REST, an SDK of another version may leave the bytes in base64.
  const bytes = typeof data === "string" ? Buffer.from(data, "base64") : data;
  if (!(bytes instanceof Uint8Array) || !isVersionId(version)) throw malformedAnswer();
  try {
    const checksum = payload?.dataCrc32c;
    // Versions under a customer-managed key from before July 2021 have none.
    if (checksum !== null && checksum !== undefined && String(checksum) !== checksumOf(bytes)) {
      throw gcpError("Corrupt", "The value does not match the checksum that came with it.", {
        reason: "checksum-mismatch",
        retryable: true,
        advice: "Try again; if it stays so, look at the proxy or gateway in between.",
      });
    }
    return { value: fromPayload(bytes), version, ...(tags === undefined ? {} : { tags }) };
  } finally {
    bytes.fill(0);
  }
}
