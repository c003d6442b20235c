import {
  cancellationOf,
  isSecretError,
  type ProviderPutOptions,
  type PutResult,
  type Secret,
  type SecretRef,
} from "@kinko/core";
import { azureError } from "../errors/azure-error.js";
import { classifyError } from "../errors/classify.js";
import { isFailure } from "../errors/service-failure.js";
import type { NameCodec } from "../names.js";
import { checkTags, visibleTags, type Tags, type WriteOrder } from "./tags.js";
import { toStoredValue } from "./value.js";
import type { VaultClient } from "./vault-client.js";
import type { Versions } from "./versions.js";

/** What {@link writeSecret} needs. */
export interface Writer {
  readonly client: VaultClient;
  readonly names: NameCodec;
  readonly versions: Versions;
  readonly order: WriteOrder;
  readonly onDeleted: "recover" | "fail";
  readonly carryTags: boolean;
}

/** Writes a new version, on top of a soft-deleted secret when the options say so. */
export async function writeSecret(
  writer: Writer,
  ref: SecretRef,
  secret: Secret,
  options: ProviderPutOptions,
): Promise<PutResult> {
  const { client, names, order } = writer;
  if (options.ifVersion !== undefined) throw noCheckAndSet();
  const name = names.encode(ref.path);
  if (options.tags !== undefined) checkTags(options.tags);
  const { value, contentType } = toStoredValue(secret);
  const sdk = await client.sdk();

  const write = async (): Promise<PutResult> => {
    // The tags are looked up in each round: while a secret is being recovered, it has none.
    const written = await client.settled(async () => {
      const tags = order.mark(options.tags ?? (await carriedTags(writer, name, options)));
      return sdk.setSecret(name, value, {
        contentType,
        tags,
        abortSignal: cancellationOf(options),
      });
    }, options);
    return { version: written.properties.version };
  };

  try {
    return await write();
  } catch (error) {
    const isTaken = isFailure(error, 409, "ObjectIsDeletedButRecoverable");
    if (!isTaken || writer.onDeleted === "fail") throw error;
  }
  try {
    await client.recover(name, options);
  } catch (error) {
    // Somebody else has recovered or purged it meanwhile.
    if (!isFailure(error, 404)) throw error;
  }
  try {
    return await write();
  } catch (error) {
    throw afterRecovery(error);
  }
}

/** The tags of the newest version, which a new one does not inherit by itself. */
async function carriedTags(
  { client, carryTags, versions }: Writer,
  name: string,
  options: ProviderPutOptions,
): Promise<Tags> {
  if (!carryTags) return {};
  const sdk = await client.sdk();
  try {
    const { properties } = await sdk.getSecret(name, { abortSignal: cancellationOf(options) });
    return visibleTags(properties.tags);
  } catch (error) {
    if (isFailure(error, 404)) return {};
    if (isFailure(error, 403, "SecretDisabled")) {
      const [newest] = await versions.newestFirst(name, options);
      return visibleTags(newest?.tags);
    }
    if (!isFailure(error, 403)) throw error;
    throw azureError(
      "PermissionDenied",
      "The identity may not read the secret, whose tags the new version has to keep.",
      {
        reason: "tags-unreadable",
        requestId: classifyError(error).requestId,
        advice: "Allow reading, pass the tags with the write, or set carryTags: false.",
      },
    );
  }
}

/** Says that the old value is back, which the failure alone would hide. */
function afterRecovery(error: unknown): Error {
  const { code, reason, retryable, retryAfterMs, requestId } = isSecretError(error)
    ? error
    : classifyError(error);
  return azureError(
    code,
    "The soft-deleted secret was recovered with its old value, but the new one was not written.",
    {
      reason: reason ?? "not-written-after-recovery",
      retryable,
      retryAfterMs,
      requestId,
      advice: "Write again, or delete the secret again.",
    },
  );
}

function noCheckAndSet(): Error {
  return azureError("Unsupported", "Key Vault has no check-and-set.", {
    reason: "no-checkAndSet",
    advice: "Leave out ifVersion, and let one writer at a time change the secret.",
  });
}
