import { format } from "node:util";
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { credentials } from "@grpc/grpc-js";
import { createCanary, findCanary } from "@kinko/testing";
import { PassThroughClient } from "google-auth-library";
import { expect, onTestFinished, test, vi } from "vitest";
import { serviceUnderTest } from "./google.js";

test("values stay out of the log that Google's SDK writes when it is asked to", async () => {
  vi.stubEnv("GOOGLE_SDK_NODE_LOGGING", "*");
  const written: string[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((...parts: unknown[]) => {
    written.push(format(...parts));
  });
  onTestFinished(() => {
    spy.mockRestore();
    vi.unstubAllEnvs();
  });
  const canary = createCanary();
  const { server, store } = await serviceUnderTest({ transport: "grpc" });
  await store.put("app", canary.value);
  expect((await store.get("app")).text()).toBe(canary.value);
  expect(findCanary(written.join(""), canary)).toEqual([]);

  // The client's own method does write it, or this test would prove nothing.
  const client = new SecretManagerServiceClient({
    apiEndpoint: server.host,
    port: server.grpcPort,
    sslCreds: credentials.createInsecure(),
    authClient: new PassThroughClient(),
  });
  const name = `projects/${server.project}/secrets/app/versions/1`;
  const headers = { authorization: "Bearer test-token" };
  await client.accessSecretVersion({ name }, { otherArgs: { headers } });
  await client.close();
  expect(findCanary(written.join(""), canary)).toContain("bytes");
});
