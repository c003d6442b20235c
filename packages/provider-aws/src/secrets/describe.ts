import type { Cancellation } from "@kinko/core";
import type { AwsClient } from "../client/aws-client.js";
import { errorName } from "../errors/classify.js";
import { parseTags } from "./tags.js";

/** What AWS tells of a secret without its value. */
export interface Description {
  /** Scheduled for deletion. */
  readonly deleted: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Id of the version with AWSCURRENT. */
  readonly current: string | undefined;
}

/**
 * Describes a secret: `absent` when there is none, `denied` when the credentials may not ask.
 * @throws every other error of the SDK
 */
export async function describeSecret(
  client: AwsClient,
  name: string,
  signal: Cancellation,
): Promise<Description | "absent" | "denied"> {
  try {
    const answer = await client.call(signal, (sdk, options) =>
      sdk.describeSecret({ SecretId: name }, options),
    );
    const [current] =
      Object.entries(answer.VersionIdsToStages ?? {}).find(([, stages]) =>
        stages.includes("AWSCURRENT"),
      ) ?? [];
    return { deleted: answer.DeletedDate !== undefined, tags: parseTags(answer.Tags), current };
  } catch (error) {
    const name = errorName(error);
    if (name === "ResourceNotFoundException") return "absent";
    if (name === "AccessDeniedException") return "denied";
    throw error;
  }
}
