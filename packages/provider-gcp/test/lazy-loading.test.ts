import { createRequire } from "node:module";
import { createStore } from "@kinko/core";
import { startSecretManagerServer } from "@kinko/testing/google-secret-manager";
import { expect, onTestFinished, test } from "vitest";
import { optionsFor, testContext } from "./support.js";

function isLoaded(name: string): boolean {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).some((file) => file.includes(`/node_modules/${name}/build/src/`));
}

test("Google's SDK is loaded by the first call, and by nothing before it", async () => {
  const { provider } = await import("../src/index.js");
  const server = await startSecretManagerServer();
  const store = createStore("gcp", await provider.create(optionsFor(server), testContext()));
  onTestFinished(async () => {
    await store.close();
    await server.close();
  });
  const modules = ["@google-cloud/secret-manager", "google-gax", "google-auth-library"];
  expect(modules.map(isLoaded)).toEqual([false, false, false]);
  await store.put("a", "x");
  expect((await store.get("a")).text()).toBe("x");
  expect(isLoaded("@google-cloud/secret-manager")).toBe(true);
});
