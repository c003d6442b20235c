import { SecretsManager, type SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import type { AwsSettings } from "../settings.js";
import { createAgents } from "./agents.js";
import { removeIdleMiddleware } from "./idle-middleware.js";

/** What sends a request; tests put their own in its place. */
export type RequestHandler = NonNullable<SecretsManagerClientConfig["requestHandler"]>;

/**
 * Makes AWS's client. Only modules that are loaded at the first call may import this one.
 * @throws ConfigError for a certificate file that cannot be used
 */
export async function createSdk(
  settings: AwsSettings,
  requestHandler?: RequestHandler,
): Promise<SecretsManager> {
  const { region, profile, credentials, endpoint } = settings;
  const config: SecretsManagerClientConfig = {
    // One attempt: the store retries, within the deadline of the whole call.
    maxAttempts: 1,
    requestHandler: requestHandler ?? (await createAgents(settings)),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const sdk = withoutNodeWarning(() => new SecretsManager(config));
  removeIdleMiddleware(sdk);
  return sdk;
}

const warningSwitch = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * The SDK warns once about a Node that its later versions will not run on. It is this package that
 * chooses the SDK's version, so the warning would tell users nothing that they can act on.
 */
function withoutNodeWarning<Result>(work: () => Result): Result {
  const before = process.env[warningSwitch];
  process.env[warningSwitch] = "true";
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env[warningSwitch];
    else process.env[warningSwitch] = before;
  }
}
