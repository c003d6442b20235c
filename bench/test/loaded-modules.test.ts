import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadedModules, vendorModules } from "../lib/loaded-modules.mjs";

// The real path, as that is what Node reports of a module below a linked temporary folder.
const folder = realpathSync(mkdtempSync(join(tmpdir(), "kinko-loaded-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const absolute = join(folder, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, text);
  return absolute;
}

function install(name: string, text: string): string {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" }));
  return write(`node_modules/${name}/index.js`, text);
}

describe("loadedModules", () => {
  const sdk = install("node-vault", "");
  const cloud = install("@aws-sdk/client-secrets-manager", "");
  const wrapper = install("wrapper", 'require("node-vault");');

  it("lists what an entry imports, and finds a vendor's client in it", async () => {
    const entry = write("static.mjs", 'import "node-vault";');
    const modules = await loadedModules([entry]);
    expect(modules).toContain(entry);
    expect(vendorModules(modules)).toEqual([sdk]);
  });

  it("finds what is imported late, and what a CommonJS package requires in turn", async () => {
    const entry = write(
      "late.mjs",
      'await import("@aws-sdk/client-secrets-manager"); await import("wrapper");',
    );
    const modules = await loadedModules([entry]);
    expect(modules).toContain(wrapper);
    expect(vendorModules(modules).toSorted()).toEqual([cloud, sdk].toSorted());
  });

  it("finds what is required by a module's own require", async () => {
    const text =
      'import { createRequire } from "node:module"; createRequire(import.meta.url)("node-vault");';
    const entry = write("require.mjs", text);
    expect(vendorModules(await loadedModules([entry]))).toEqual([sdk]);
  });

  it("keeps what was loaded before a process ends itself", async () => {
    const entry = write("exits.mjs", 'import "node-vault"; process.exit(0);');
    expect(vendorModules(await loadedModules([entry]))).toEqual([sdk]);
  });

  it("finds a client that was bundled into a file under another name", async () => {
    const entry = write("bundled.mjs", "");
    expect(vendorModules(await loadedModules([entry], {}, new Map([[entry, [sdk]]])))).toEqual([
      sdk,
    ]);
  });

  it("finds nothing in an entry that loads no client", async () => {
    const entry = write("clean.mjs", 'import "node:fs"; export const node_vault = "node-vault";');
    const modules = await loadedModules([entry]);
    expect(modules).toContain(entry);
    expect(vendorModules(modules)).toEqual([]);
  });
});
