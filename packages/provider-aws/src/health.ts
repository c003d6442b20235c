import type { CallOptions, Clock, ProviderHealth } from "@kinko/core";
import type { AwsClient } from "./client/aws-client.js";
import { errorName } from "./errors/classify.js";

/**
 * Whether AWS answers and takes the credentials. It asks for a random password, which touches no
 * secret; a refusal shows the same, since AWS refuses only whom it knows. The answer tells AWS's time.
 */
export async function checkHealth(
  client: AwsClient,
  { signal, clock }: CallOptions & { readonly clock: Clock },
): Promise<ProviderHealth> {
  const details: Record<string, string | number> = { region: await client.region() };
  const { GetRandomPasswordCommand } = await import("@aws-sdk/client-secrets-manager");
  const command = new GetRandomPasswordCommand({ PasswordLength: 32 });
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const serverTimeMs = Date.parse(dateOf(result.response));
      // The header gives whole seconds, so this is exact to a second.
      if (!Number.isNaN(serverTimeMs)) {
        details["clockSkewSeconds"] = Math.round((serverTimeMs - clock.now()) / 1_000);
      }
      return result;
    },
    // Beneath the step that takes the answer apart, which fails for a refusal.
    { step: "deserialize", priority: "low" },
  );
  let message = "AWS Secrets Manager answers and accepts the credentials.";
  try {
    await client.call(signal, (sdk, options) => sdk.send(command, options));
  } catch (error) {
    if (errorName(error) !== "AccessDeniedException") throw error;
    message =
      "AWS Secrets Manager answers and knows the credentials; what they may do was not asked.";
  }
  return { status: "healthy", message, details };
}

function dateOf(response: unknown): string {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  return headers?.["date"] ?? "";
}
