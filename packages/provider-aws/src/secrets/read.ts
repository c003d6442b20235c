import type { GetSecretValueResponse } from "@aws-sdk/client-secrets-manager";
import { cancellationOf, type CallOptions, type ProviderSecret, type SecretRef } from "@kinko/core";
import type { AwsClient } from "../client/aws-client.js";
import { classifyError, errorName, mentionsDeletion } from "../errors/classify.js";
import type { NameCodec } from "../names.js";
import { describeSecret, type Description } from "./describe.js";
import { deleted, noValue, notFound, versionNotFound } from "./failures.js";
import { decodeSecret } from "./value.js";
import { isPossibleVersionId } from "./version-id.js";

/** What reading needs. */
export interface ReadPort {
  readonly client: AwsClient;
  readonly names: NameCodec;
  /** Whether to ask for the tags beside the value. */
  readonly readTags: boolean;
}

type Known = Description | "absent" | "denied";

/**
 * Reads one version. The label AWSCURRENT is always named, so that what is meant does not depend on
 * what a server takes for the default.
 */
export async function readSecret(
  port: ReadPort,
  ref: SecretRef,
  options: CallOptions,
): Promise<ProviderSecret> {
  const { client, readTags } = port;
  const signal = cancellationOf(options);
  const name = port.names.encode(ref.path);
  if (ref.version?.kind === "id" && !isPossibleVersionId(ref.version.id)) {
    // AWS would refuse the request, whether there is a secret or not.
    throw await explainAbsence(port, ref, options);
  }
  const value = client.call(signal, (sdk, request) =>
    sdk.getSecretValue({ SecretId: name, ...selector(ref) }, request),
  );
  if (!readTags) {
    try {
      return toProviderSecret(await value);
    } catch (error) {
      throw await explainFailure(port, ref, options, error);
    }
  }
  const [answer, known] = await Promise.allSettled([value, describeSecret(client, name, signal)]);
  if (answer.status === "rejected") {
    const description = known.status === "fulfilled" ? known.value : undefined;
    throw await explainFailure(port, ref, options, answer.reason, description);
  }
  const secret = toProviderSecret(answer.value);
  if (known.status === "fulfilled") return { ...secret, tags: tagsOf(known.value) };
  secret.value.dispose();
  throw known.reason;
}

function toProviderSecret(answer: GetSecretValueResponse): ProviderSecret {
  return {
    value: decodeSecret(answer),
    version: answer.VersionId,
    createdAt: answer.CreatedDate,
  };
}

/**
 * What a failed read means. AWS has one name for a missing secret and a missing version, and none
 * for a deleted secret, so the secret's description decides.
 *
 * @param known the description when it was asked for already
 */
export async function explainFailure(
  port: ReadPort,
  ref: SecretRef,
  options: CallOptions,
  error: unknown,
  known?: Known,
): Promise<unknown> {
  const name = errorName(error);
  if (name === "ResourceNotFoundException") return explainAbsence(port, ref, options, error, known);
  if (name !== "InvalidRequestException") return error;
  const description = known ?? (await describe(port, ref, options));
  const isDeleted = typeof description === "object" ? description.deleted : mentionsDeletion(error);
  return isDeleted ? deleted(classifyError(error).requestId) : error;
}

async function explainAbsence(
  port: ReadPort,
  ref: SecretRef,
  options: CallOptions,
  error?: unknown,
  known?: Known,
): Promise<Error> {
  const { requestId } = classifyError(error);
  const description = known ?? (await describe(port, ref, options));
  // When that may not be asked, what AWS said of the value is all there is.
  if (typeof description !== "object") return notFound(requestId);
  if (description.deleted) return deleted(requestId);
  const byLabel = ref.version === undefined || ref.version.kind.startsWith("latest");
  return byLabel ? noValue(requestId) : versionNotFound(requestId);
}

function describe(port: ReadPort, ref: SecretRef, options: CallOptions): Promise<Known> {
  return describeSecret(port.client, port.names.encode(ref.path), cancellationOf(options));
}

function selector({ version }: SecretRef): { VersionId: string } | { VersionStage: string } {
  if (version?.kind === "id") return { VersionId: version.id };
  return { VersionStage: version?.kind === "stage" ? version.stage : "AWSCURRENT" };
}

/** Undefined when the credentials may read the value and not ask for its tags. */
function tagsOf(known: Known | undefined): Readonly<Record<string, string>> | undefined {
  return typeof known === "object" ? known.tags : undefined;
}
