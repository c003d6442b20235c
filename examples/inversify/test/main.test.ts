import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "@kinko/core";
import { kinkoModule } from "@kinko/inversify";
import { initLocalStore } from "@kinko/provider-local/admin";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createContainer } from "../src/container.js";
import { readMailKey } from "../src/one-secret.js";
import { OrderSigner } from "../src/order-signer.js";
import { settings } from "../src/settings.js";

let folder: string;

beforeEach(async () => {
  // Beside the example, so that the provider is found from the folder of the config.
  folder = mkdtempSync(join(dirname(dirname(fileURLToPath(import.meta.url))), ".kinko-test-"));
  const config = join(folder, "kinko.config.yaml");
  writeFileSync(
    config,
    "provider: local\nproviders:\n  local:\n    file: store.age\n    identity: identity.txt\n",
  );
  vi.stubEnv("KINKO_CONFIG", config);
  await initLocalStore({ directory: folder, file: "store.age", identity: "identity.txt" });
  const store = await openStore();
  await store.put("shop/database", { host: "db.example", user: "shop", password: "correct horse" });
  await store.put("shop/limits", { workers: 4 });
  await store.put("shop/signing-key", "a key for tests");
  await store.put("shop/mail-key", "m");
  await store.close();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test("the service starts on the store that its config names", async () => {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  await import("../src/main.js");
  expect(lines).toEqual([
    "4 workers use the database of shop at db.example.",
    expect.stringMatching(/^Signature of order 1: [0-9a-f]{64}$/u),
  ]);
});

test("one secret is read when it is wanted", async () => {
  expect(await readMailKey()).toBe("m");
});

test("what was injected ends with the container", async () => {
  const container = await createContainer(kinkoModule({ manifests: [settings] }));
  const { signingKey } = container.get(settings.token);
  const signer = container.get(OrderSigner);
  await container.unbindAllAsync();
  expect(() => signingKey.text()).toThrow(expect.objectContaining({ code: "Closed" }));
  expect(() => signer.sign("order 1")).toThrow(expect.objectContaining({ code: "Closed" }));
});
