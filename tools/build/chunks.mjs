import { dirname, isAbsolute, join } from "node:path";
import { findInstalled, readManifest } from "../lib/workspace.mjs";

/**
 * Own modules that several lazy parts need lie in one file. Left to itself the bundler makes a small
 * file for each combination of parts, and a command then starts with twenty of them. A module that
 * needs a bundled library stays out, or every command would load that library; each package has a
 * file of its own, as not every command needs every package.
 *
 * @returns {import("rolldown").CodeSplittingGroup}
 */
export function sharedGroup() {
  /** @type {Map<string, boolean>} */
  const known = new Map();
  return {
    debugName: "shared",
    minShareCount: 2,
    name: (id, context) =>
      isOwn(id, context, known)
        ? `shared-${/[\\/]packages[\\/]([^\\/]+)/.exec(id)?.[1] ?? "own"}`
        : null,
  };
}

/**
 * Whether a module and all that it imports statically are of this workspace, or of Node.
 *
 * @param {string} id
 * @param {{ getModuleInfo: (id: string) => { importedIds: string[] } | null }} context
 * @param {Map<string, boolean>} known
 * @returns {boolean}
 */
function isOwn(id, context, known) {
  const before = known.get(id);
  if (before !== undefined) return before;
  // Taken for own while its imports are looked at, so that a cycle of modules comes to an end.
  known.set(id, true);
  const imports = context.getModuleInfo(id)?.importedIds.filter(isAbsolute) ?? [];
  const own =
    !id.includes("node_modules") && imports.every((imported) => isOwn(imported, context, known));
  known.set(id, own);
  return own;
}

/**
 * Takes the ES modules of packages that give Node a CommonJS build and everyone else the same code as
 * ES modules, of which a bundler can leave out what is not used. For yaml that is 11 of 60 ms.
 *
 * @param {readonly string[]} names
 * @returns {import("rolldown").Plugin}
 */
export function esModuleEntries(names) {
  return {
    name: "kinko-es-module-entries",
    resolveId(source, importer) {
      if (importer === undefined || !names.includes(source)) return null;
      const directory = findInstalled(dirname(importer), source);
      const entry = /** @type {{ default?: unknown } | undefined} */ (
        directory === undefined ? undefined : readManifest(directory)?.exports?.["."]
      )?.default;
      if (directory === undefined || typeof entry !== "string") {
        throw new Error(
          `${source} has no "default" in its exports. Take it off kinkoBuild.esModules in package.json.`,
        );
      }
      return join(directory, entry);
    },
  };
}

/**
 * Exchanges modules of bundled libraries for own ones: parts of a library that the command never
 * calls, but that the library loads all the same.
 *
 * @param {string} directory of the package
 * @param {Readonly<Record<string, string>>} replace what is imported → path inside the package
 * @returns {import("rolldown").Plugin}
 */
export function replacements(directory, replace) {
  return {
    name: "kinko-replacements",
    resolveId(source) {
      const replacement = replace[source];
      return replacement === undefined ? null : join(directory, replacement);
    },
  };
}
