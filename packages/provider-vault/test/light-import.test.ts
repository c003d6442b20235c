import { createRequire } from "node:module";
import { expect, onTestFinished, test } from "vitest";
import { json, kv2Body, startCanned } from "./canned-server.js";
import { testContext } from "./support.js";
import { createStore } from "@kinko/core";

function loaded(name: string): boolean {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).some((file) => file.includes(`/node_modules/${name}/`));
}

test("node-vault and axios are loaded by the first request, and by nothing before it", async () => {
  const { provider } = await import("../src/index.js");
  const server = await startCanned((_request, response) =>
    json(response, 200, kv2Body({ value: "x" })),
  );
  const options = { address: server.address, auth: { method: "token", token: "t" } as const };
  const store = createStore("vault", await provider.create(options, testContext()));
  onTestFinished(() => store.close());
  expect([loaded("node-vault"), loaded("axios")]).toEqual([false, false]);
  expect((await store.get("a")).text()).toBe("x");
  expect([loaded("node-vault"), loaded("axios")]).toEqual([true, true]);
});
