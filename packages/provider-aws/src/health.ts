import type { CallOptions, ProviderHealth } from "@kinko/core";
import type { AwsClient } from "./client/aws-client.js";
import { errorName } from "./errors/classify.js";

/**
 * Whether AWS answers and takes the credentials. It asks for a random password, which touches no
 * secret; a refusal shows the same, since AWS refuses only whom it knows.
 */
export async function checkHealth(
  client: AwsClient,
  { signal }: CallOptions,
): Promise<ProviderHealth> {
  const region = await client.region();
  const healthy = { status: "healthy", details: { region } } as const;
  try {
    await client.call(signal, (sdk, options) =>
      sdk.getRandomPassword({ PasswordLength: 32 }, options),
    );
  } catch (error) {
    if (errorName(error) !== "AccessDeniedException") throw error;
    const message =
      "AWS Secrets Manager answers and knows the credentials; what they may do was not asked.";
    return { ...healthy, message };
  }
  return { ...healthy, message: "AWS Secrets Manager answers and accepts the credentials." };
}
