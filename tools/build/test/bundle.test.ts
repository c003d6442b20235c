import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../lib/run.mjs";
import { bundlePackage } from "../bundle.mjs";
import { findEntries } from "../entries.mjs";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const library = {
  name: "@kinko/some",
  version: "1.0.0",
  exports: {
    ".": { "@kinko/source": "./src/index.ts", default: "./dist/index.js" },
    "./package.json": "./package.json",
  },
};

type Manifest = typeof library & {
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  kinkoBuild?: { bundle: boolean; esModules?: string[]; together?: string[] };
};

function createPackage(manifest: Manifest, files: Record<string, string>) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "kinko-bundle-")));
  folders.push(directory);
  const all = { "package.json": JSON.stringify({ type: "module", ...manifest }), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return { name: manifest.name, directory, manifest };
}

async function bundle(manifest: Manifest, files: Record<string, string>) {
  const created = createPackage(manifest, files);
  const result = await bundlePackage(created, findEntries(created));
  for (const { path, text } of result.files) {
    mkdirSync(dirname(join(created.directory, "dist", path)), { recursive: true });
    writeFileSync(join(created.directory, "dist", path), text);
  }
  return { ...result, directory: created.directory };
}

describe("findEntries", () => {
  it("finds the source of every export and command, each once", () => {
    const created = createPackage(
      { ...library, bin: { some: "./dist/some.js" } },
      { "src/index.ts": "", "src/some.ts": "" },
    );
    const { directory } = created;
    expect(findEntries(created)).toEqual([
      { name: "index", source: join(directory, "src/index.ts"), executable: false, format: "esm" },
      { name: "some", source: join(directory, "src/some.ts"), executable: true, format: "esm" },
    ]);
  });

  it("names package and file when a promised file has no source", () => {
    const created = createPackage(library, {});
    expect(() => findEntries(created)).toThrow(
      /^@kinko\/some: .*promises \.\/dist\/index\.js.*src\/index\.ts/,
    );
  });
});

describe("bundlePackage", () => {
  it("makes one file of an entry and what it imports, and leaves dependencies outside", async () => {
    const { files } = await bundle(
      { ...library, dependencies: { outside: "1.0.0" } },
      {
        "src/index.ts":
          'import "outside/deep"; import { join } from "path"; export { a } from "./a.js"; export { join };',
        "src/a.ts": "export const a: number = 1;",
      },
    );
    expect(files.map(({ path }) => path)).toEqual(["index.js"]);
    expect(files[0]?.text).toMatch(/import "outside\/deep"/);
    expect(files[0]?.text).toMatch(/const a = 1/);
    expect(files[0]?.modules.map((path) => path.split("/").at(-1))).toEqual(["a.ts", "index.ts"]);
  });

  it("keeps what is imported late in a file of its own, which is not loaded before", async () => {
    const { files, directory } = await bundle(library, {
      "src/index.ts": 'export const load = () => import("./late.js");',
      "src/late.ts": 'console.log("loaded"); export const late = 1;',
    });
    expect(files).toHaveLength(2);
    const entry = JSON.stringify(join(directory, "dist/index.js"));
    const script = `const { load } = await import(${entry}); console.log("before"); await load();`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
    expect(stdout).toBe("before\nloaded\n");
  });

  it("refuses an import that the manifest does not declare, naming package, file and import", async () => {
    const building = bundle(library, { "src/index.ts": 'export * from "undeclared/part";' });
    await expect(building).rejects.toThrow(
      /^@kinko\/some: .*src\/index\.ts imports "undeclared\/part".*Add undeclared to dependencies/,
    );
  });

  it("names package and file of a syntax error and of a missing module", async () => {
    const broken = bundle(library, { "src/index.ts": "export const = 1;" });
    await expect(broken).rejects.toThrow(/^@kinko\/some: [^]*src\/index\.ts/);
    const missing = bundle(library, { "src/index.ts": 'export * from "./gone.js";' });
    await expect(missing).rejects.toThrow(/^@kinko\/some: [^]*gone\.js[^]*src\/index\.ts/);
  });

  it("refuses a module that looks for a file where bundling will not leave it", async () => {
    const version = 'export const at = new URL("../package.json", import.meta.url).href;';
    const sound = await bundle(library, { "src/index.ts": version });
    expect(sound.files).toHaveLength(1);
    const moved = bundle(library, {
      "src/index.ts": 'export * from "./deep/version.js";',
      "src/deep/version.ts": version.replace("../", "../../"),
    });
    await expect(moved).rejects.toThrow(
      /^@kinko\/some: .*src\/deep\/version\.ts looks for "\.\.\/\.\.\/package\.json"/,
    );
  });

  describe("with everything bundled", () => {
    const command: Manifest = {
      ...library,
      bin: { some: "./dist/some.js" },
      dependencies: { outside: "1.0.0" },
      kinkoBuild: { bundle: true },
    };
    const commonJs = {
      "node_modules/cjs/package.json": JSON.stringify({ name: "cjs", version: "1.0.0" }),
      "node_modules/cjs/index.js":
        'const { sep } = require("path"); const { inspect } = require("node:util"); exports.text = inspect({ sep });',
      "node_modules/outside/package.json": JSON.stringify({ name: "outside", main: "index.js" }),
      "node_modules/outside/index.js": 'module.exports = "from outside";',
    };

    it("runs with a CommonJS package inside that requires Node's own modules", async () => {
      const { files, directory } = await bundle(command, {
        ...commonJs,
        "src/index.ts": "export {};",
        "src/some.ts":
          'import outside from "outside"; const { text } = await import("cjs"); console.log(text, outside);',
      });
      rmSync(join(directory, "node_modules/cjs"), { recursive: true });
      const { stdout, stderr } = await run(process.execPath, [join(directory, "dist/some.js")]);
      expect({ stdout, stderr }).toEqual({ stdout: "{ sep: '/' } from outside\n", stderr: "" });
      const inside = files.flatMap(({ modules }) => modules);
      expect(inside.some((path) => path.endsWith("node_modules/cjs/index.js"))).toBe(true);
      expect(inside.some((path) => path.includes("outside"))).toBe(false);
    });

    it("takes the ES modules of a package that is named for it, and only what is used of them", async () => {
      const { files, directory } = await bundle(
        { ...command, kinkoBuild: { bundle: true, esModules: ["dual"] } },
        {
          "node_modules/dual/package.json": JSON.stringify({
            name: "dual",
            sideEffects: false,
            exports: { ".": { node: "./node.cjs", default: "./browser/index.js" } },
          }),
          "node_modules/dual/node.cjs": 'exports.used = "for node";',
          "node_modules/dual/browser/index.js":
            'export const used = "as a module"; export const unused = "left out";',
          "src/index.ts": "export const a = 1;",
          "src/some.ts": 'import { used } from "dual"; console.log(used);',
        },
      );
      const { stdout } = await run(process.execPath, [join(directory, "dist/some.js")]);
      expect(stdout).toBe("as a module\n");
      expect(files.some(({ text }) => text.includes("left out"))).toBe(false);
    });

    it("puts what several commands share in one file, without the libraries that some of it needs", async () => {
      const { files } = await bundle(command, {
        ...commonJs,
        "src/index.ts": "export const a = 1;",
        "src/some.ts":
          'console.log(process.argv[2] === "a" ? await import("./a.js") : await import("./b.js"));',
        "src/a.ts":
          'import { x } from "./x.js"; import { text } from "./heavy.js"; export const a = [x, text];',
        "src/b.ts":
          'import { x } from "./x.js"; import { text } from "./heavy.js"; export const b = [x, text];',
        "src/x.ts": 'import { y } from "./y.js"; export const x = y;',
        "src/y.ts": 'import { x } from "./x.js"; export const y = () => x;',
        "src/heavy.ts": 'export { text } from "cjs";',
      });
      const shared = files.filter(({ path }) => path.startsWith("shared-"));
      const names = shared.flatMap(({ modules }) => modules.map((path) => path.split("/").at(-1)));
      expect(names.toSorted((a = "", b = "") => a.localeCompare(b))).toEqual(["x.ts", "y.ts"]);
    });

    it("puts modules that are loaded one after the other in one file, with what they import", async () => {
      const files = {
        "src/index.ts": "export const a = 1;",
        "src/some.ts": 'const { first } = await import("./first.js"); console.log(await first());',
        "src/first.ts": 'export const first = async () => (await import("./second.js")).second;',
        "src/second.ts": 'export { text as second } from "./text.js";',
        "src/text.ts": 'export const text = "together";',
      };
      const together = ["src/first.ts", "src/second.ts"];
      const built = await bundle({ ...command, kinkoBuild: { bundle: true, together } }, files);
      const group = built.files.find(({ path }) => path.startsWith("together"));
      expect(group?.modules.map((path) => path.split("/").at(-1))).toEqual([
        "first.ts",
        "second.ts",
        "text.ts",
      ]);
      const { stdout } = await run(process.execPath, [join(built.directory, "dist/some.js")]);
      expect(stdout).toBe("together\n");
      const gone = { bundle: true, together: ["src/gone.ts"] };
      await expect(bundle({ ...command, kinkoBuild: gone }, files)).rejects.toThrow(
        /src\/gone\.ts/,
      );
    });

    it("makes a command executable, with one interpreter line even when the source has its own", async () => {
      const { files } = await bundle(
        { ...command, bin: { some: "./dist/some.js", other: "./dist/other.js" } },
        {
          "src/index.ts": "export const a = 1;",
          "src/some.ts": 'console.log("some");',
          "src/other.ts": '#!/usr/bin/env node\nconsole.log("other");',
        },
      );
      const commands = files.filter(({ executable }) => executable);
      expect(commands.map(({ path }) => path).toSorted()).toEqual(["other.js", "some.js"]);
      for (const { text } of commands) {
        expect(text.match(/^#!\/usr\/bin\/env node$/gm)).toHaveLength(1);
        expect(text.startsWith("#!/usr/bin/env node\n")).toBe(true);
      }
    });

    it("names what it can neither find nor leave outside", async () => {
      const building = bundle(command, {
        "src/index.ts": 'export * from "nowhere";',
        "src/some.ts": "",
      });
      await expect(building).rejects.toThrow(/^@kinko\/some: [^]*nowhere/);
    });
  });
});
