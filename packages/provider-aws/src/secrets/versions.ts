import type { CallOptions, SecretRef, VersionInfo, VersionsCapability } from "@kinko/core";
import type { AwsClient } from "../client/aws-client.js";
import type { NameCodec } from "../names.js";
import { stagingLabel } from "./check-and-set.js";
import { describeSecret } from "./describe.js";
import { noSingleVersions, notFound } from "./failures.js";
import { toHistory, type NativeVersion } from "./history.js";

/** Versions in one answer; see the reference of ListSecretVersionIds. */
const pageSize = 100;

/** History and restoring of AWS's secrets. */
export function createVersions(client: AwsClient, names: NameCodec): VersionsCapability {
  return {
    async list(ref: SecretRef, { signal }: CallOptions): Promise<readonly VersionInfo[]> {
      const name = names.encode(ref.path);
      const known = await describeSecret(client, name, signal);
      if (known === "absent") throw notFound();
      const state = typeof known === "object" && known.deleted ? "deleted" : "enabled";
      const versions = await listVersions(client, name, signal);
      return toHistory(versions).map(({ id, createdAt, stages }) => ({
        id,
        state,
        current: stages.includes("AWSCURRENT"),
        ...(createdAt === undefined ? {} : { createdAt }),
        stages,
      }));
    },

    async undelete(ref: SecretRef, { signal }: CallOptions): Promise<void> {
      const name = names.encode(ref.path);
      if (ref.version !== undefined && ref.version.kind !== "latest") throw noSingleVersions();
      const known = await describeSecret(client, name, signal);
      if (known === "absent") throw notFound();
      if (known !== "denied" && !known.deleted) return;
      await client.call(signal, (sdk, options) => sdk.restoreSecret({ SecretId: name }, options));
    },
  };
}

/** All versions that AWS still has, also those without a label. */
async function listVersions(
  client: AwsClient,
  name: string,
  signal: AbortSignal,
): Promise<NativeVersion[]> {
  const versions: NativeVersion[] = [];
  let token: string | undefined;
  do {
    const cursor = token === undefined ? {} : { NextToken: token };
    const answer = await client.call(signal, (sdk, options) =>
      sdk.listSecretVersionIds(
        { SecretId: name, IncludeDeprecated: true, MaxResults: pageSize, ...cursor },
        options,
      ),
    );
    for (const { VersionId: id, CreatedDate: createdAt, VersionStages } of answer.Versions ?? []) {
      const stages = (VersionStages ?? []).filter((stage) => stage !== stagingLabel);
      if (id !== undefined) versions.push({ id, createdAt, stages });
    }
    token = answer.NextToken === "" ? undefined : answer.NextToken;
  } while (token !== undefined);
  return versions;
}
