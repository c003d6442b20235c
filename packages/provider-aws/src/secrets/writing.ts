import type { Cancellation } from "@kinko/core";
import type { AwsClient } from "../client/aws-client.js";
import { classifyError } from "../errors/classify.js";
import type { NameCodec } from "../names.js";
import { deleted } from "./failures.js";
import type { EncodedSecret } from "./value.js";
import { createVersionId } from "./version-id.js";

/** What writing needs. */
export interface WritePort {
  readonly client: AwsClient;
  readonly names: NameCodec;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onDeleted: "recover" | "fail";
  readonly kmsKeyId: string | undefined;
}

/** One write under way. */
export interface Writing {
  readonly name: string;
  readonly encoded: EncodedSecret;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly signal: Cancellation;
}

/**
 * Adds a version under one label, which leaves the version that it was on.
 *
 * @param stage default AWSCURRENT, which AWS moves by itself where none is named
 */
export function putValue(
  { client }: Pick<WritePort, "client">,
  { name, encoded, signal }: Writing,
  version: string,
  stage?: string,
): Promise<unknown> {
  return client.call(signal, (sdk, options) =>
    sdk.putSecretValue(
      {
        SecretId: name,
        ClientRequestToken: version,
        ...(stage === undefined ? {} : { VersionStages: [stage] }),
        ...encoded.native,
      },
      options,
    ),
  );
}

/** Takes a deleted secret back, where that is wanted. @throws DeletedError */
export async function recover(port: WritePort, writing: Writing, error?: unknown): Promise<void> {
  if (port.onDeleted === "fail") throw deleted(classifyError(error).requestId);
  await port.client.call(writing.signal, (sdk, options) =>
    sdk.restoreSecret({ SecretId: writing.name }, options),
  );
}

/** The id for the version that a write makes; of a check-and-set also what it `replaces`. */
export function newVersionId(port: WritePort, { encoded }: Writing, replaces?: string): string {
  return createVersionId({ ...encoded, replaces }, port.now());
}
