import type { ProviderDeleteOptions, SecretRef } from "@kinko/core";
import type { AwsClient } from "../client/aws-client.js";
import { classifyError, mentionsDeletion } from "../errors/classify.js";
import type { NameCodec } from "../names.js";
import { describeSecret } from "./describe.js";
import { deleted, noSingleVersions, notFound } from "./failures.js";

/** What removing needs. */
export interface RemovePort {
  readonly client: AwsClient;
  readonly names: NameCodec;
  readonly recoveryWindowDays: number;
}

/**
 * Schedules a secret for deletion, or removes it at once. The description is asked for first: AWS
 * answers a forced deletion of nothing as if it had done it.
 */
export async function removeSecret(
  { client, names, recoveryWindowDays }: RemovePort,
  ref: SecretRef,
  { mode, signal }: ProviderDeleteOptions,
): Promise<void> {
  const name = names.encode(ref.path);
  if (ref.version !== undefined && ref.version.kind !== "latest") throw noSingleVersions();
  const known = await describeSecret(client, name, signal);
  if (known === "absent") throw notFound();
  if (mode === "soft" && known !== "denied" && known.deleted) throw deleted();
  const how =
    mode === "purge"
      ? { ForceDeleteWithoutRecovery: true }
      : { RecoveryWindowInDays: recoveryWindowDays };
  try {
    await client.call(signal, (sdk, options) =>
      sdk.deleteSecret({ SecretId: name, ...how }, options),
    );
  } catch (error) {
    if (mode === "soft" && mentionsDeletion(error)) throw deleted(classifyError(error).requestId);
    throw error;
  }
}
