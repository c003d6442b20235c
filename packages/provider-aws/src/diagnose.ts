import { randomUUID } from "node:crypto";
import type { ProviderContext, ProviderFinding } from "@kinko/core";
import { findingOfError, probeAccess } from "@kinko/core/diagnose";
import { AwsClient } from "./client/aws-client.js";
import type { RequestHandler } from "./client/create-sdk.js";
import { classifyError } from "./errors/classify.js";
import { createNameCodec } from "./names.js";
import type { AwsOptions } from "./options.js";
import { resolveSettings, type AwsSettings } from "./settings.js";

/**
 * What `kinko doctor` is told: where requests go, whether there are credentials, and what they may
 * do, tried on a name that nobody has. A clock that is wrong shows as AWS's refusal of the signature.
 *
 * @param requestHandler sends the requests instead of the SDK's own; for tests
 */
export async function diagnose(
  options: AwsOptions,
  context: ProviderContext,
  requestHandler?: RequestHandler,
): Promise<readonly ProviderFinding[]> {
  let settings: AwsSettings;
  try {
    settings = resolveSettings(options, context);
  } catch (error) {
    return [findingOfError("options", error, classifyError)];
  }
  const client = new AwsClient(settings, requestHandler);
  try {
    const place = await checkPlace(client, settings);
    if (place.some(({ ok }) => !ok)) return place;
    return [...place, ...(await checkAccess(client, settings, context))];
  } finally {
    await client.close();
  }
}

async function checkPlace(client: AwsClient, settings: AwsSettings): Promise<ProviderFinding[]> {
  const findings: ProviderFinding[] = [];
  try {
    const region = await client.region();
    findings.push({ subject: "region", ok: true, message: `The region is ${region}.` });
  } catch (error) {
    return [findingOfError("region", error, classifyError)];
  }
  const { endpoint } = settings;
  const whose = endpoint === undefined ? "AWS's own for the region" : new URL(endpoint).origin;
  findings.push({ subject: "endpoint", ok: true, message: `The endpoint is ${whose}.` });
  try {
    const { signal } = new AbortController();
    await client.call(signal, (sdk) => sdk.config.credentials());
    const from = originOf(settings);
    findings.push({ subject: "credentials", ok: true, message: `There are credentials ${from}.` });
  } catch (error) {
    findings.push(findingOfError("credentials", error, classifyError));
  }
  return findings;
}

function originOf({ credentials, profile }: AwsSettings): string {
  if (profile !== undefined) return "of a profile";
  return credentials === undefined ? "of AWS's chain" : "in the options or variables";
}

function checkAccess(
  client: AwsClient,
  { naming, prefix }: AwsSettings,
  context: ProviderContext,
): Promise<ProviderFinding[]> {
  const SecretId = createNameCodec(naming, prefix).encode(["kinko-doctor", `${randomUUID()}.none`]);
  return probeAccess(
    [
      {
        verb: "read",
        needs: "secretsmanager:GetSecretValue",
        try: (signal) => client.call(signal, (sdk, call) => sdk.getSecretValue({ SecretId }, call)),
      },
      {
        verb: "list",
        needs: "secretsmanager:ListSecrets",
        try: (signal) =>
          client.call(signal, (sdk, call) => sdk.listSecrets({ MaxResults: 1 }, call)),
      },
      {
        verb: "write",
        needs: "secretsmanager:PutSecretValue and secretsmanager:CreateSecret",
        try: (signal) =>
          client.call(signal, (sdk, call) =>
            sdk.putSecretValue({ SecretId, SecretString: "-" }, call),
          ),
      },
      {
        verb: "delete",
        needs: "secretsmanager:DeleteSecret",
        // Never by force, which AWS confirms for a name that is not there too.
        try: (signal) =>
          client.call(signal, (sdk, call) =>
            sdk.deleteSecret({ SecretId, RecoveryWindowInDays: 7 }, call),
          ),
      },
    ],
    { context, classifyError },
  );
}
