import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { importNames, inspectTarball } from "../lib/pack.mjs";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const sound = {
  "README.md": "# Some\n",
  LICENSE: "MIT\n",
  "dist/index.js": "export const some = 1;\n",
  "dist/index.d.ts":
    'import type { Readable } from "node:stream";\nimport type { Store } from "@kinko/core";\nexport declare const some: [Readable, Store];\n/** Not an import: "from", "elsewhere". */\nexport declare const names: readonly ["latest", "other"];\n',
  "dist/some.js": "#!/usr/bin/env node\n",
};

const manifest = {
  name: "@kinko/some",
  version: "1.0.0",
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  bin: { some: "./dist/some.js" },
  dependencies: { "@kinko/core": "^1.0.0" },
};

function inspect(files: Record<string, string>, changes: object = {}): string[] {
  const directory = mkdtempSync(join(tmpdir(), "kinko-tarball-"));
  folders.push(directory);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return inspectTarball({
    name: manifest.name,
    tarball: "",
    directory,
    manifest: { ...manifest, ...changes },
    files: Object.keys(files),
  });
}

describe("inspectTarball", () => {
  it("has nothing to say about a sound package", () => {
    expect(inspect(sound)).toEqual([]);
  });

  it.each(["workspace:^", "catalog:"])("reports a version that pnpm left as %s", (version) => {
    expect(inspect(sound, { dependencies: { "@kinko/core": version } })).toEqual([
      expect.stringContaining("its packed package.json still says"),
    ]);
  });

  it("reports the source condition, which leads to files that are not packed", () => {
    const exports = { ".": { "@kinko/source": "./src/index.ts", default: "./dist/index.js" } };
    expect(inspect(sound, { exports })).toEqual([expect.stringContaining("@kinko/source")]);
  });

  it.each([
    "test/some.test.ts",
    "dist/some.test.js",
    "src/index.ts",
    "dist/.tsbuildinfo",
    "dist/.test.tsbuildinfo",
    "tsconfig.json",
  ])("reports %s as of no use to users", (path) => {
    expect(inspect({ ...sound, [path]: "" })).toEqual([
      `@kinko/some: packs ${path}, which no user needs. Leave it out through "files".`,
    ]);
  });

  it.each(["README.md", "LICENSE"])("reports a missing %s", (path) => {
    const rest = Object.fromEntries(Object.entries(sound).filter(([name]) => name !== path));
    expect(inspect(rest)).toEqual([expect.stringContaining(`has no ${path}`)]);
  });

  it("reports a command that has no interpreter line", () => {
    expect(inspect({ ...sound, "dist/some.js": "export {};\n" })).toEqual([
      expect.stringContaining("./dist/some.js is no executable script"),
    ]);
  });

  it.each([
    'import type { Schema } from "valibot";',
    'export type { Schema } from "valibot";',
    'import "valibot";',
    'export declare const schema: import("valibot").Schema;',
    'import {\n  type Schema,\n} from "valibot/deep";',
  ])("reports types that come from an undeclared package: %j", (line) => {
    const entry = `export * from "./deep/more.js";\n`;
    expect(
      inspect({ ...sound, "dist/index.d.ts": entry, "dist/deep/more.d.ts": `${line}\n` }),
    ).toEqual([expect.stringContaining("dist/deep/more.d.ts takes types from valibot")]);
    // Nobody outside sees the types of a module that no export leads to.
    expect(inspect({ ...sound, "dist/deep/more.d.ts": `${line}\n` })).toEqual([]);
  });
});

describe("importNames", () => {
  it("lists modules, not manifests and patterns", () => {
    const exports = { ".": {}, "./testing": {}, "./package.json": "./package.json", "./x/*": {} };
    expect(importNames({ ...manifest, exports })).toEqual(["@kinko/some", "@kinko/some/testing"]);
  });
});
