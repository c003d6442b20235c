import { defineProvider, type SecretStore } from "@kinko/core";
import { createMemoryProvider } from "@kinko/testing/memory";
import { Container } from "inversify";
import { expect, expectTypeOf, test } from "vitest";
import { defineManifest, kinkoModule, SECRET_STORE, secretToken } from "../src/index.js";
import { containerWith, memory } from "./support.js";

test("opens the store that the config names, and injects it without await", async () => {
  const factory = defineProvider({
    name: "fake",
    options: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
    create: () => createMemoryProvider({ secrets: { key: "k" } }),
  });
  const container = await containerWith({
    config: { provider: "fake" },
    env: {},
    importProvider: (name) =>
      name === "@kinko/provider-fake" ? Promise.resolve({ provider: factory }) : undefined,
  });
  const store = container.get(SECRET_STORE);
  expectTypeOf(store).toEqualTypeOf<SecretStore>();
  expect(store.provider).toBe("fake");
  expect((await store.get("key")).text()).toBe("k");
  expect(container.get(SECRET_STORE)).toBe(store);
  await container.unbindAllAsync();
});

test("a wrong config fails the loading and binds nothing", async () => {
  const container = new Container();
  await expect(
    container.loadAsync(kinkoModule({ config: { provider: "absent" }, env: {} })),
  ).rejects.toMatchObject({ code: "Config" });
  expect(container.isBound(SECRET_STORE)).toBe(false);
});

test("unbinding the container closes the store", async () => {
  const { store, open } = memory({ key: "k" });
  const container = await containerWith({ open });
  container.get(SECRET_STORE);
  await container.unbindAllAsync();
  await expect(store.get("key")).rejects.toMatchObject({ code: "Closed" });
});

test("unloading the module closes the store too", async () => {
  const { store, open } = memory({ key: "k" });
  const container = new Container();
  const module = kinkoModule({ open });
  await container.loadAsync(module);
  container.get(SECRET_STORE);
  await container.unloadAsync(module);
  await expect(store.get("key")).rejects.toMatchObject({ code: "Closed" });
});

test("whatever was resolved, its store is closed: a manifest or a secret is enough", async () => {
  for (const which of ["manifest", "secret"]) {
    const { store, open } = memory({ key: "k" });
    const manifest = defineManifest({ key: "key" });
    const container = await containerWith({ open, manifests: [manifest], secrets: ["key"] });
    if (which === "manifest") container.get(manifest.token);
    else await container.getAsync(secretToken("key"));
    await container.unbindAllAsync();
    await expect(store.get("key")).rejects.toMatchObject({ code: "Closed" });
  }
});

test("close of the module releases what nobody has resolved", async () => {
  const { store, open } = memory({ key: "k" });
  const module = kinkoModule({ open, manifests: [defineManifest({ key: "key" })] });
  const container = new Container();
  await container.loadAsync(module);
  await container.unbindAllAsync();
  await module.close();
  await module.close();
  await expect(store.get("key")).rejects.toMatchObject({ code: "Closed" });
});

test("a store is closed when its manifest is not met", async () => {
  const { store, open } = memory({});
  const manifests = [defineManifest({ key: "absent" })];
  await expect(containerWith({ open, manifests })).rejects.toMatchObject({ code: "NotFound" });
  await expect(store.get("key")).rejects.toMatchObject({ code: "Closed" });
});
