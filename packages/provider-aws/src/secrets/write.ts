import {
  cancellationOf,
  isSecretError,
  type ProviderPutOptions,
  type PutResult,
  type Secret,
  type SecretPath,
} from "@kinko/core";
import { awsError } from "../errors/aws-error.js";
import { classifyError, errorName, mentionsDeletion } from "../errors/classify.js";
import { checkAndSet } from "./check-and-set.js";
import { describeSecret } from "./describe.js";
import { alreadyExists } from "./failures.js";
import { checkTags, replaceTags, toNativeTags } from "./tags.js";
import { encodeSecret, eraseEncoded } from "./value.js";
import { newVersionId, putValue, recover, type WritePort, type Writing } from "./writing.js";

/** Writes a new version of a secret, or the first one. */
export async function writeSecret(
  port: WritePort,
  path: SecretPath,
  value: Secret,
  options: ProviderPutOptions,
): Promise<PutResult> {
  const { tags, ifVersion } = options;
  const signal = cancellationOf(options);
  const name = port.names.encode(path);
  if (tags !== undefined) checkTags(tags);
  const encoded = encodeSecret(value);
  const writing: Writing = { name, encoded, tags, signal };
  try {
    if (ifVersion === "absent") return { version: await createAbsent(port, writing) };
    const written =
      ifVersion === undefined
        ? await overwrite(port, writing)
        : { version: await checkAndSet(port, writing, ifVersion), created: false };
    if (tags !== undefined && !written.created) {
      await writeTags(port, writing, tags, written.version);
    }
    return { version: written.version };
  } finally {
    eraseEncoded(encoded);
  }
}

interface Written {
  readonly version: string;
  /** A new secret has its tags from its first request on. */
  readonly created: boolean;
}

async function overwrite(port: WritePort, writing: Writing): Promise<Written> {
  const version = newVersionId(port, writing);
  try {
    await putValue(port, writing, version);
  } catch (error) {
    if (errorName(error) === "ResourceNotFoundException")
      return createOrPut(port, writing, version);
    if (!(await isDeleted(port, writing, error))) throw error;
    await recover(port, writing, error);
    await putValue(port, writing, version);
  }
  return { version, created: false };
}

/** Creates the secret; when somebody else did so in between, writes over what they wrote. */
async function createOrPut(port: WritePort, writing: Writing, version: string): Promise<Written> {
  try {
    await create(port, writing, version);
    return { version, created: true };
  } catch (error) {
    if (errorName(error) === "ResourceExistsException") {
      await putValue(port, writing, version);
      return { version, created: false };
    }
    if (mentionsDeletion(error)) throw stillBeingDeleted(error);
    throw error;
  }
}

async function createAbsent(port: WritePort, writing: Writing): Promise<string> {
  const version = newVersionId(port, writing);
  try {
    await create(port, writing, version);
    return version;
  } catch (error) {
    const { requestId } = classifyError(error);
    if (errorName(error) === "ResourceExistsException") throw alreadyExists(requestId);
    if (!mentionsDeletion(error)) throw error;
    const known = await describeSecret(port.client, writing.name, writing.signal);
    throw known === "absent" ? stillBeingDeleted(error) : alreadyExists(requestId);
  }
}

function create(port: WritePort, writing: Writing, version: string): Promise<unknown> {
  const { name, encoded, tags, signal } = writing;
  return port.client.call(signal, (sdk, options) =>
    sdk.createSecret(
      {
        Name: name,
        ClientRequestToken: version,
        ...encoded.native,
        ...(port.kmsKeyId === undefined ? {} : { KmsKeyId: port.kmsKeyId }),
        ...(tags === undefined ? {} : { Tags: toNativeTags(tags) }),
      },
      options,
    ),
  );
}

async function isDeleted(port: WritePort, writing: Writing, error: unknown): Promise<boolean> {
  if (errorName(error) !== "InvalidRequestException") return false;
  const known = await describeSecret(port.client, writing.name, writing.signal);
  return typeof known === "object" ? known.deleted : mentionsDeletion(error);
}

/** Requests of their own: AWS cannot write a value and tags together, but for a new secret. */
async function writeTags(
  { client }: WritePort,
  { name, signal }: Writing,
  tags: Readonly<Record<string, string>>,
  version: string,
): Promise<void> {
  try {
    const known = await describeSecret(client, name, signal);
    const before = typeof known === "object" ? known.tags : {};
    await replaceTags(client, name, { before, tags }, signal);
  } catch (error) {
    if (isSecretError(error) || signal.aborted) throw error;
    const { code, retryAfterMs, requestId } = classifyError(error);
    throw awsError(code, `The value was written as version ${version}, but its tags were not.`, {
      reason: "tags-not-written",
      retryAfterMs,
      requestId,
      advice:
        "The actions DescribeSecret, TagResource and UntagResource must be allowed; then write again.",
    });
  }
}

/** A purge goes on in AWS's background for a while, in which the name cannot be used. */
function stillBeingDeleted(error: unknown): Error {
  return awsError("Unavailable", "AWS is still removing a secret of this name.", {
    reason: "still-being-deleted",
    requestId: classifyError(error).requestId,
    advice: "Try again in a few minutes.",
  });
}
