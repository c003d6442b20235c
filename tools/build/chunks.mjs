import { dirname, isAbsolute, join } from "node:path";
import { displayPath, findInstalled, isFile, readManifest } from "../lib/workspace.mjs";

/**
 * How the chunks of a package are cut that bundles everything.
 *
 * `together` names modules that one fast command loads one after the other, each by `import()`: they
 * and what they import lie in one file, as opening a file costs more than reading past a few functions.
 * None of them may await at its top level: the file would wait for itself.
 *
 * Other own modules that several lazy parts need lie in one file per package. Left to itself the
 * bundler makes a small file for each combination of parts, and a command then starts with twenty of
 * them. A module that needs a bundled library stays out, or every command would load that library.
 *
 * @param {string} directory of the package
 * @param {readonly string[]} together paths inside the package, or leading out of it with `../`
 * @returns {import("rolldown").CodeSplittingGroup[]}
 * @throws {Error} when one of them does not exist
 */
export function chunkGroups(directory, together) {
  const paths = new Set(together.map((path) => join(directory, path)));
  for (const path of paths) {
    if (!isFile(path)) {
      throw new Error(
        `${displayPath(path)} does not exist. Correct kinkoBuild.together in ${displayPath(directory)}/package.json.`,
      );
    }
  }
  /** @type {Map<string, boolean>} */
  const known = new Map();
  return [
    { name: "together", priority: 1, test: (id) => paths.has(id) },
    {
      debugName: "shared",
      minShareCount: 2,
      name: (id, context) => (isOwn(id, context, known) ? `shared-${packageFolder(id)}` : null),
    },
  ];
}

/** @param {string} id */
function packageFolder(id) {
  return /[\\/]packages[\\/]([^\\/]+)/.exec(id)?.[1] ?? "own";
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
