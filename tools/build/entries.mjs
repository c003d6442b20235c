import { join } from "node:path";
import { displayPath, isFile } from "../lib/workspace.mjs";

/** @typedef {import("../lib/workspace.mjs").WorkspacePackage} WorkspacePackage */

/**
 * @typedef {object} Entry
 * @property {string} name output path inside dist, without extension: `index`, `contract/index`
 * @property {string} source absolute path of the module it is built from
 * @property {boolean} executable
 * @property {"esm" | "cjs"} format by the extension that the manifest promises
 */

/**
 * What a package promises in `exports` and `bin`, each with the source it is built from: the file at
 * the same place under `src`, which is also what the `@kinko/source` condition has to name. A target
 * that ends in `.cjs` is built as CommonJS.
 *
 * @param {WorkspacePackage} workspacePackage
 * @returns {Entry[]} empty for a package that has nothing in dist
 */
export function findEntries({ name, directory, manifest }) {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  /**
   * @param {string} target
   * @param {boolean} executable
   */
  const add = (target, executable) => {
    const [, stem, extension] = /^\.?\/?dist\/(.+)\.(c?js)$/.exec(target) ?? [];
    if (stem === undefined) return;
    const source = join(directory, "src", `${stem}.ts`);
    if (!isFile(source)) {
      throw new Error(
        `${name}: package.json promises ${target}, but ${displayPath(source)} does not exist. ` +
          `Add that file or correct package.json.`,
      );
    }
    entries.set(target, {
      name: stem,
      source,
      executable: executable || entries.get(target)?.executable === true,
      format: extension === "cjs" ? "cjs" : "esm",
    });
  };

  const { bin } = manifest;
  const bins = bin === undefined ? [] : typeof bin === "string" ? [bin] : Object.values(bin);
  for (const target of bins) add(target, true);
  for (const target of exportTargets(manifest.exports)) add(target, false);
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Every path that any condition of an exports map leads to.
 *
 * @param {unknown} exports
 * @returns {string[]}
 */
function exportTargets(exports) {
  if (typeof exports === "string") return [exports];
  if (typeof exports !== "object" || exports === null) return [];
  return Object.values(exports).flatMap(exportTargets);
}
