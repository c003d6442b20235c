import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import { createMemoryProvider, memoryOptions } from "@kinko/testing/memory";
import { defineConfig, defineProvider, openStore } from "../src/index.js";
import type { ImportProvider, KinkoConfig, SecretProvider } from "../src/index.js";
import { fakeProviderSource, folder, installed } from "./support/folder.js";
import { failureOf, limited } from "./support/limited.js";

const canary = createCanary();
const env = {};

/** Hands over a memory provider under the name `memory` and counts what is opened and closed. */
function memory(): {
  readonly importProvider: ImportProvider;
  readonly opened: string[];
  readonly closed: string[];
} {
  const opened: string[] = [];
  const closed: string[] = [];
  const provider = defineProvider({
    name: "memory",
    options: memoryOptions,
    create: (options, context): SecretProvider => {
      const label = Object.keys(options.secrets ?? {}).join(",");
      opened.push(label);
      const driver = createMemoryProvider(options, { clock: context.clock });
      return limited(driver, {
        methods: {
          close: () => {
            closed.push(label);
            return driver.close();
          },
        },
      });
    },
  });
  const importProvider: ImportProvider = (name) =>
    name === "@kinko/provider-memory" ? Promise.resolve({ provider }) : undefined;
  return { importProvider, opened, closed };
}

const config: KinkoConfig = defineConfig({
  provider: "main",
  timeoutMs: 1_234,
  providers: {
    main: { use: "memory", secrets: { "app/db": "main" } },
    shared: { use: "memory", secrets: { "shared/ca": "shared", "team/x": "team" } },
    unused: { use: "not-installed-anywhere", anything: 1 },
  },
  routes: [
    { prefix: "shared", provider: "shared" },
    { prefix: "team", provider: "shared" },
  ],
});

describe("openStore", () => {
  test("opens what the config names, and nothing else", async () => {
    const { importProvider, opened, closed } = memory();
    const store = await openStore({ config, env, importProvider });
    expect((await store.get("app/db")).text()).toBe("main");
    expect((await store.get("shared/ca")).text()).toBe("shared");
    expect((await store.get("team/x")).metadata?.provider).toBe("shared");
    expect(opened).toEqual(["app/db", "shared/ca,team/x"]);
    await store.close();
    expect(closed.toSorted()).toEqual(["app/db", "shared/ca,team/x"]);
  });

  test("opens one entry without routes when it is asked for one", async () => {
    const { importProvider, opened } = memory();
    const store = await openStore({ config, env, importProvider, store: "shared" });
    expect(store.provider).toBe("shared");
    expect(await store.tryGet("app/db")).toBeUndefined();
    expect(opened).toEqual(["shared/ca,team/x"]);
    await store.close();
  });

  test("switches the backend by one line of the config, or by KINKO_PROVIDER", async () => {
    const cwd = await folder({
      "kinko.config.yaml":
        "provider: first\nproviders:\n  first: { use: memory, secrets: { a: one } }\n  second: { use: memory, secrets: { a: two } }\n",
    });
    const { importProvider } = memory();
    const read = async (variables: Record<string, string>): Promise<string> => {
      await using store = await openStore({ cwd, env: variables, importProvider });
      return (await store.get("a")).text();
    };
    expect(await read({})).toBe("one");
    expect(await read({ KINKO_PROVIDER: "second" })).toBe("two");
    await writeFile(
      join(cwd, "kinko.config.yaml"),
      "provider: second\nproviders:\n  second: { use: memory, secrets: { a: two } }\n",
    );
    expect(await read({})).toBe("two");
  });

  test("gives every call the deadline of the config, by the clock that it was given", async () => {
    const { importProvider } = memory();
    const clock = new FakeClock();
    const slow = {
      ...config,
      providers: { ...config.providers, main: { use: "memory", latencyMs: 5_000 } },
    };
    const store = await openStore({ config: slow, env, importProvider, clock });
    const failure = failureOf(store.get("a"));
    await clock.advance(1_234);
    expect(await failure).toMatchObject({ code: "Timeout" });
    await store.close();
  });

  test("closes what it opened when a later entry cannot be opened", async () => {
    const { importProvider, closed } = memory();
    const broken = {
      ...config,
      routes: [...(config.routes ?? []), { prefix: "z", provider: "unused" }],
    };
    expect(await failureOf(openStore({ config: broken, env, importProvider }))).toMatchObject({
      code: "Config",
      reason: "missing-package",
    });
    expect(closed.toSorted()).toEqual(["app/db", "shared/ca,team/x"]);
  });

  test("refuses an empty name of a store", async () => {
    expect(await failureOf(openStore({ config, env, store: "" }))).toMatchObject({
      code: "Config",
      reason: "invalid-provider-name",
    });
  });

  test("imports a package from beside the config, and keeps its token out of every error", async () => {
    const cwd = await folder({
      ...installed("@kinko/provider-fake", fakeProviderSource),
      "kinko.config.toml": `provider = "fake"\n[providers.fake]\ntoken = "\${env:TOKEN}"\nname = "fromFile"\n`,
    });
    const store = await openStore({
      cwd,
      env: { TOKEN: canary.value, KINKO_FAKE_PORT: "7" },
      resilience: false,
    });
    expect(JSON.parse((await store.health()).message)).toEqual({
      token: canary.value,
      name: "fromFile",
      port: 7,
    });
    const error = await failureOf(store.get("a"));
    expect(error).toMatchObject({ code: "Unavailable", provider: "fake" });
    expectClean(error, canary);
    await store.close();
  });
});
