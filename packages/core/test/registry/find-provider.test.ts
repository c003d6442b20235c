import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCanary, expectClean } from "@kinko/testing";
import { provider as memoryFactory } from "@kinko/testing/memory";
import { defineProvider, isProviderFactory } from "../../src/index.js";
import { findProvider, installedProviders } from "../../src/config/index.js";
import { fakeProviderSource, folder, installed } from "../support/folder.js";
import { failureOf } from "../support/limited.js";

const canary = createCanary();
const find = (
  name: string,
  directory: string,
  configured: string[] = [],
): ReturnType<typeof findProvider> => findProvider(name, { directory, configured });

describe("a provider's name", () => {
  test.each([
    "./x",
    "../x",
    "/x",
    "/etc/passwd",
    "x/y",
    "a/b/c",
    "@a",
    "@/x",
    "@a/",
    "@a/b/c",
    "file:x",
    "file:///x.mjs",
    "http://127.0.0.1/x.js",
    "data:text/javascript,1",
    "node:fs",
    "fs",
    "path",
    "child_process",
    "node:test",
    "C:\\x",
    "x\\y",
    ".",
    "..",
    ".x",
    "_x",
    "X",
    "a b",
    "a;b",
    "a%2fb",
    "",
    " ",
    "a\n",
    "a\0",
    "a..b",
    "#x",
    "a?b",
    "@A/b",
  ])("is not %j: only bare package names are, before anything is looked up", async (name) => {
    const importProvider = (): never => {
      throw new Error("asked");
    };
    const error = await failureOf(
      findProvider(name, { directory: "/", configured: [], importProvider }),
    );
    expect(error).toMatchObject({
      code: "Config",
      reason: "invalid-provider-name",
      operation: "open",
    });
  });

  test("stands for our package first, then for the package itself", async () => {
    const source = (name: string): string =>
      fakeProviderSource.replace('name: "fake"', `name: "${name}"`);
    const directory = await folder({
      ...installed("@kinko/provider-both", source("ours")),
      ...installed("both", source("theirs")),
      ...installed("single", source("single")),
      ...installed("@acme/secrets", source("scoped")),
    });
    expect((await find("both", directory)).name).toBe("ours");
    expect((await find("single", directory)).name).toBe("single");
    expect((await find("@acme/secrets", directory)).name).toBe("scoped");
    expect(await failureOf(find("@acme/both", directory))).toMatchObject({
      reason: "missing-package",
    });
  });
});

describe("a provider's package", () => {
  test("is found from the folder of the config upward", async () => {
    const directory = await folder({
      ...installed("@kinko/provider-far", fakeProviderSource),
      "a/b/kinko.config.yaml": "",
    });
    expect((await find("far", join(directory, "a", "b"))).name).toBe("fake");
  });

  test.each([
    ["for import alone", { exports: { ".": { types: "./index.d.ts", import: "./index.js" } } }],
    ["for import alone, without a dot", { exports: { import: { default: "./index.js" } } }],
    ["by main", { exports: undefined, main: "./index.js" }],
  ])("may export %s", async (_how, manifest) => {
    const directory = await folder(installed("@kinko/provider-odd", fakeProviderSource, manifest));
    expect((await find("odd", directory)).name).toBe("fake");
  });

  test("may export the factory under any name, and much else", async () => {
    const source = `${fakeProviderSource.replace("export const provider", "const provider")}
export default 5; export const nothing = null; export { provider as anything };`;
    const directory = await folder(installed("odd", source));
    expect((await find("odd", directory)).name).toBe("fake");
  });

  test("may be handed over by the application, which is asked first", async () => {
    const directory = await folder(installed("@kinko/provider-both", fakeProviderSource));
    const asked: string[] = [];
    const importProvider = (name: string): Promise<unknown> | undefined => {
      asked.push(name);
      return name === "mine" ? Promise.resolve(memoryFactory) : undefined;
    };
    expect(await findProvider("mine", { directory, configured: [], importProvider })).toBe(
      memoryFactory,
    );
    expect(asked).toEqual(["@kinko/provider-mine", "mine"]);
    expect((await findProvider("both", { directory, configured: [], importProvider })).name).toBe(
      "fake",
    );
  });

  test("that the application cannot import is looked for where it may be installed", async () => {
    const directory = await folder(installed("@kinko/provider-both", fakeProviderSource));
    const missing = (): Promise<unknown> =>
      Promise.reject(Object.assign(new Error("not found"), { code: "ERR_MODULE_NOT_FOUND" }));
    expect(
      (await findProvider("both", { directory, configured: [], importProvider: missing })).name,
    ).toBe("fake");
  });
});

describe("a provider that cannot be had", () => {
  test("is unknown when a known one has almost its name", async () => {
    const directory = await folder(installed("@kinko/provider-quartz", fakeProviderSource));
    for (const [name, known] of [
      ["quarts", "quartz"],
      ["qaurtz", "quartz"],
      ["stagging", "staging"],
    ] as const) {
      const error = await failureOf(find(name, directory, ["staging"]));
      expect(error).toMatchObject({ code: "Config", reason: "unknown-provider" });
      expect(String(error)).toContain(`"${name}". Did you mean "${known}"?`);
    }
  });

  test("is missing otherwise, with the command that installs it", async () => {
    const directory = await folder();
    const error = await failureOf(find("etcd-nowhere", directory));
    expect(error).toMatchObject({ code: "Config", reason: "missing-package" });
    expect(String(error)).toContain("npm install @kinko/provider-etcd-nowhere");
    expect(String(await failureOf(find("@acme/nowhere", directory)))).toContain(
      "npm install @acme/nowhere",
    );
  });

  test.each([
    ["exports nothing that is one", "export const provider = { name: 'fake', create() {} };"],
    ["exports nothing", ""],
    ["exports null", "export default null;"],
  ])("is not a provider when its package %s", async (_what, source) => {
    const directory = await folder(installed("odd", source));
    expect(await failureOf(find("odd", directory))).toMatchObject({
      code: "Config",
      reason: "not-a-provider",
    });
  });

  test.each([
    ["throws", `throw new Error("${canary.value}");`, {}, "Error"],
    ["throws an odd thing", `throw { code: "${canary.value}" };`, {}, "error"],
    [
      "throws an error with an odd name",
      `throw Object.assign(new Error("x"), { name: "${canary.value}" });`,
      {},
      "error",
    ],
    ["is no JavaScript", `export const = ${canary.value};`, {}, "SyntaxError"],
    ["needs what is not there", `import "nowhere-${canary.value}";`, {}, "ERR_MODULE_NOT_FOUND"],
    ["has no such file", "", { exports: "./missing.js" }, ""],
    [
      "exports nothing to import",
      "",
      { exports: { "./other": "./index.js" } },
      "ERR_PACKAGE_PATH_NOT_EXPORTED",
    ],
  ])(
    "is broken when its package %s, which is not the same as missing",
    async (_what, source, manifest, kind) => {
      const directory = await folder(installed("odd", source, manifest));
      const error = await failureOf(find("odd", directory));
      expect(error).toMatchObject({ code: "Config", reason: "broken-package" });
      expect(String(error)).toContain(kind);
      expectClean(error, canary);
    },
  );

  test("is broken when the application fails to import it", async () => {
    const directory = await folder();
    for (const importProvider of [
      () => Promise.reject(new Error(canary.value)),
      (): never => {
        throw new Error(canary.value);
      },
    ]) {
      const error = await failureOf(
        findProvider("odd", { directory, configured: [], importProvider }),
      );
      expect(error).toMatchObject({ code: "Config", reason: "broken-package" });
      expectClean(error, canary);
    }
  });
});

describe("installed providers", () => {
  test("are listed from the folder upward, each once", async () => {
    const directory = await folder({
      ...installed("@kinko/provider-b", ""),
      ...installed("@kinko/core-like", ""),
      "sub/node_modules/@kinko/provider-a/package.json": "{}",
      "sub/node_modules/@kinko/provider-b/package.json": "{}",
    });
    expect(await installedProviders(join(directory, "sub"))).toEqual(["a", "b"]);
    expect(await installedProviders(directory)).toEqual(["b"]);
  });
});

describe("defineProvider", () => {
  test("marks a factory, also for another copy of the package, and freezes it", () => {
    const factory = defineProvider({ ...memoryFactory, name: "x" });
    expect(isProviderFactory(factory)).toBe(true);
    expect(Object.isFrozen(factory)).toBe(true);
    const foreign = Object.defineProperty({}, Symbol.for("kinko.ProviderFactory"), { value: true });
    expect(isProviderFactory(foreign)).toBe(true);
    for (const other of [undefined, null, "x", {}, { name: "x" }])
      expect(isProviderFactory(other)).toBe(false);
  });
});
