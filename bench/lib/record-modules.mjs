// Given to `node --import`: writes the URL of every module that is loaded, a line each, to the file
// named by KINKO_BENCH_RECORD. Written at once and not at the end, so that process.exit loses nothing.
import { appendFileSync } from "node:fs";
import { Module, register } from "node:module";
import { pathToFileURL } from "node:url";

register("./record-hooks.mjs", import.meta.url);

// Hooks see what is imported. What CommonJS requires in turn passes only here.
const path = process.env["KINKO_BENCH_RECORD"] ?? "";
const extensions =
  /** @type {{ _extensions: Record<string, (module: object, filename: string) => void> }} */ (
    /** @type {unknown} */ (Module)
  )._extensions;
for (const [extension, load] of Object.entries(extensions)) {
  extensions[extension] = (module, filename) => {
    appendFileSync(path, `${pathToFileURL(filename).href}\n`);
    load(module, filename);
  };
}
