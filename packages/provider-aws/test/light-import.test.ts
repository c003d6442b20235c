import { createRequire } from "node:module";
import { createStore } from "@kinko/core";
import { expect, onTestFinished, test } from "vitest";
import { testContext, testCredentials } from "./support.js";

function loaded(name: string): boolean {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).some((file) => file.includes(`/node_modules/${name}/`));
}

test("AWS's SDK is loaded by the first request, silently, and by nothing before it; no other SDK ever is", async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  const { provider } = await import("../src/index.js");
  // Nothing listens there.
  const options = {
    region: "eu-central-1",
    endpoint: "http://127.0.0.1:1",
    credentials: testCredentials,
  };
  const store = createStore("aws", await provider.create(options, testContext()));
  onTestFinished(() => store.close());
  expect(store.capabilities.features.bulkGet.support).toBe("native");
  expect(loaded("@aws-sdk/client-secrets-manager")).toBe(false);
  await expect(store.get("a")).rejects.toMatchObject({ reason: "connection-refused" });
  expect(loaded("@aws-sdk/client-secrets-manager")).toBe(true);
  for (const other of ["node-vault", "@azure/keyvault-secrets", "@google-cloud/secret-manager"]) {
    expect(loaded(other), other).toBe(false);
  }
  expect(warnings.filter((message) => message.includes("AWS SDK"))).toEqual([]);
  expect(process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"]).toBeUndefined();
});

test("a store that was never used closes without loading the SDK", async () => {
  const { provider } = await import("../src/index.js");
  const store = createStore("aws", await provider.create({}, testContext()));
  await store.close();
  await expect(store.get("a")).rejects.toMatchObject({ code: "Closed" });
});
