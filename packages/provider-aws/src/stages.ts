import type { RefInput } from "@kinko/core";
import { createCapabilityRunner, type AwsCallOptions } from "./capability-call.js";
import type { AwsClient } from "./client/aws-client.js";
import type { NameCodec } from "./names.js";

/** Which label goes where. */
export interface AwsStageMove extends AwsCallOptions {
  /** Such as `AWSCURRENT`, or one of your own. */
  readonly stage: string;
  /** Id of the version that is to carry it; left out, the label is taken away. */
  readonly to?: string | undefined;
  /** Id of the version that carries it now; needed when one does. */
  readonly from?: string | undefined;
}

/**
 * AWS's labels of versions, which `@stage:NAME` reads.
 *
 * @example
 * // Back to the version before.
 * const [now, before] = await store.versions("prod/app/db");
 * await store.as("awsStages").move("prod/app/db", { stage: "AWSCURRENT", to: before.id, from: now.id });
 */
export interface AwsStagesCapability {
  /**
   * Moves a label, at once for all readers. When AWSCURRENT moves, AWS puts AWSPREVIOUS on the version
   * that it leaves.
   * @throws InvalidValueError when the label is not on the version in `from`; then nothing has moved
   */
  move(ref: RefInput, move: AwsStageMove): Promise<void>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    awsStages: AwsStagesCapability;
  }
}

/** Labels of the secrets that `names` names. */
export function createStages(client: AwsClient, names: NameCodec): AwsStagesCapability {
  const run = createCapabilityRunner(names);
  return {
    move: (ref, move) =>
      run(ref, move, async (name, signal) => {
        await client.call(signal, (sdk, request) =>
          sdk.updateSecretVersionStage(
            {
              SecretId: name,
              VersionStage: move.stage,
              ...(move.to === undefined ? {} : { MoveToVersionId: move.to }),
              ...(move.from === undefined ? {} : { RemoveFromVersionId: move.from }),
            },
            request,
          ),
        );
      }),
  };
}
