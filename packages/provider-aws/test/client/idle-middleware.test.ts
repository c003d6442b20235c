import { SecretsManager, type SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { removeIdleMiddleware } from "../../src/client/idle-middleware.js";

const options = {
  region: "eu-central-1",
  credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" },
};

function namesOf({ middlewareStack }: SecretsManager): string[] {
  return middlewareStack.identify().map((entry) => entry.replace(/ .*/u, ""));
}

test("the SDK neither logs nor retries, and does all else in its order", () => {
  const whole = new SecretsManager(options);
  const bare = new SecretsManager(options);
  removeIdleMiddleware(bare);
  const idle = ["loggerMiddleware"];
  expect(namesOf(whole)).toEqual(expect.arrayContaining([...idle, "retryMiddleware"]));
  expect(namesOf(bare)).toEqual(namesOf(whole).filter((name) => !idle.includes(name)));
});

test("a request tells nothing of attempts, which are the store's", async () => {
  const headers: Record<string, string>[] = [];
  const requestHandler = {
    handle: (request: { readonly headers: Record<string, string> }) => {
      headers.push(request.headers);
      return Promise.reject(new Error("No server."));
    },
  } as NonNullable<SecretsManagerClientConfig["requestHandler"]>;
  const client = new SecretsManager({ ...options, requestHandler });
  removeIdleMiddleware(client);
  await expect(client.getSecretValue({ SecretId: "a" })).rejects.toThrow("No server.");
  expect(headers).toHaveLength(1);
  expect(headers[0]).not.toHaveProperty("amz-sdk-request");
  expect(headers[0]).toHaveProperty("authorization");
});
