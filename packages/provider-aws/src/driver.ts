import {
  native,
  unsupported,
  type ProviderCapabilities,
  type ProviderContext,
  type SecretProvider,
} from "@kinko/core";
import { AwsClient } from "./client/aws-client.js";
import type { RequestHandler } from "./client/create-sdk.js";
import { classifyError } from "./errors/classify.js";
import { checkHealth } from "./health.js";
import { limits } from "./limits.js";
import { createNameCodec } from "./names.js";
import type { AwsOptions } from "./options.js";
import { createRotation } from "./rotation.js";
import { createBulkGet } from "./secrets/bulk-get.js";
import { listSecrets } from "./secrets/list.js";
import { readSecret } from "./secrets/read.js";
import { removeSecret } from "./secrets/remove.js";
import { createVersions } from "./secrets/versions.js";
import { writeSecret } from "./secrets/write.js";
import { resolveSettings } from "./settings.js";
import { createStages } from "./stages.js";

const features: ProviderCapabilities["features"] = {
  versions: native,
  checkAndSet: native,
  softDelete: native,
  undelete: native,
  deleteVersion: unsupported("AWS deletes whole secrets, never one version."),
  destroyVersion: unsupported(
    "AWS removes single versions by itself alone, once they carry no label and there are many.",
  ),
  purge: native,
  tags: native,
  patch: unsupported("AWS replaces whole values; the store changes fields by check-and-set."),
  bulkGet: native,
  watch: unsupported("AWS pushes no changes to clients; the store polls."),
  permissions: unsupported(
    "AWS tells what credentials allow through IAM's policy simulator alone, which few may call.",
  ),
};

/**
 * The driver of AWS Secrets Manager. It makes no request, and does not load AWS's SDK, before the
 * first call.
 *
 * @param requestHandler sends the requests instead of the SDK's own; for tests
 */
export function createDriver(
  options: AwsOptions,
  context: ProviderContext,
  requestHandler?: RequestHandler,
): SecretProvider {
  const settings = resolveSettings(options, context);
  const client = new AwsClient(settings, requestHandler);
  const names = createNameCodec(settings.naming, settings.prefix);
  const { readTags, recoveryWindowDays, onDeleted, kmsKeyId } = settings;
  const reading = { client, names, readTags };
  const now = (): number => context.clock.now();
  const writing = { client, names, now, onDeleted, kmsKeyId };
  return {
    capabilities: {
      features,
      limits,
      extensions: {
        versions: createVersions(client, names),
        bulkGet: createBulkGet(reading, context.clock),
        awsRotation: createRotation(client, names),
        awsStages: createStages(client, names),
      },
    },
    get: (ref, call) => readSecret(reading, ref, call),
    put: (ref, value, call) => writeSecret(writing, ref.path, value, call),
    delete: (ref, call) => removeSecret({ client, names, recoveryWindowDays }, ref, call),
    list: (call) => listSecrets({ client, names }, call),
    health: ({ signal }) => checkHealth(client, { signal, clock: context.clock }),
    classifyError,
    close: () => client.close(),
  };
}
