import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, isAbsolute, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { rolldown } from "rolldown";
import { displayPath } from "../lib/workspace.mjs";
import { chunkGroups, esModuleEntries, replacements } from "./chunks.mjs";

/** @typedef {import("../lib/workspace.mjs").WorkspacePackage} WorkspacePackage */
/** @typedef {import("./entries.mjs").Entry} Entry */

/**
 * @typedef {object} BundledFile
 * @property {string} path inside dist
 * @property {string} text
 * @property {boolean} executable
 * @property {boolean} isEntry
 * @property {string[]} modules absolute paths of the modules whose code is in it
 */

/**
 * @typedef {object} Bundle
 * @property {BundledFile[]} files
 * @property {string[]} inputs absolute paths of every file that was read
 */

const builtins = new Set(builtinModules);

/** A module that one command needs at once and another perhaps never is as it should be. */
const harmlessWarnings = new Set(["INEFFECTIVE_DYNAMIC_IMPORT"]);

/**
 * Bundles a package's own modules into one file per public entry, plus a chunk per dynamic import so
 * that lazy parts stay lazy. Why bundle at all: every ES module file costs about 1.5 ms at start-up
 * on a busy machine, and a library of small files has many.
 *
 * A library keeps every dependency outside. A package marked `"kinkoBuild": { "bundle": true }` keeps
 * only its declared runtime dependencies outside and takes in the rest, which it lists as
 * devDependencies. No source maps: the output of a library is plain readable JavaScript with its
 * names kept, the sources are not in the tarball, and a map would double it. What bundles its
 * dependencies is minified: with yaml's 230 KiB, start-up was 2 to 3 ms of 77 shorter for it.
 *
 * An entry whose target is `.cjs` becomes CommonJS, for commands that must start fast: Node's loader of
 * ES modules alone takes a fifth of the time of a bare Node.
 *
 * @param {WorkspacePackage} workspacePackage
 * @param {Entry[]} entries
 * @returns {Promise<Bundle>}
 * @throws {Error} naming package and file, when something does not parse, resolve or is not declared
 */
export async function bundlePackage(workspacePackage, entries) {
  const formats = [...new Set(entries.map(({ format }) => format))];
  const bundles = await Promise.all(
    formats.map((format) =>
      bundleFormat(
        workspacePackage,
        entries.filter((entry) => entry.format === format),
        format,
      ),
    ),
  );
  return {
    files: bundles.flatMap(({ files }) => files),
    inputs: [...new Set(bundles.flatMap(({ inputs }) => inputs))],
  };
}

/**
 * @param {WorkspacePackage} workspacePackage
 * @param {Entry[]} entries
 * @param {Entry["format"]} format of all of them
 * @returns {Promise<Bundle>}
 */
async function bundleFormat(workspacePackage, entries, format) {
  const { name, directory, manifest } = workspacePackage;
  const {
    bundle: bundleAll = false,
    esModules = [],
    replace = {},
    together = [],
  } = manifest.kinkoBuild ?? {};
  const extension = format === "cjs" ? "cjs" : "js";
  /** @type {string[]} */
  const problems = [];
  try {
    const build = await rolldown({
      input: Object.fromEntries(entries.map((entry) => [entry.name, entry.source])),
      cwd: directory,
      platform: "node",
      external: (id, importer) => isExternal(workspacePackage, id, importer, problems),
      plugins: [replacements(directory, replace), esModuleEntries(esModules)],
      tsconfig: false,
      resolve: {
        conditionNames: ["@kinko/source", "node", "import", "module", "default"],
        extensionAlias: { ".js": [".ts", ".js"] },
      },
      transform: { target: "node20.19" },
      onLog(level, log) {
        if (level !== "warn" || harmlessWarnings.has(log.code ?? "")) return;
        const message = stripVTControlCharacters(log.message);
        if (log.code === "UNRESOLVED_IMPORT") problems.push(`${name}: ${message}`);
        else console.warn(`${name}: ${message}`);
      },
    });
    const { output } = await build.generate({
      format,
      entryFileNames: `[name].${extension}`,
      // Beside the entries: `new URL("../package.json", import.meta.url)` means the same in src.
      chunkFileNames: `[name]-[hash].${extension}`,
      minify: bundleAll,
      codeSplitting: bundleAll ? { groups: chunkGroups(directory, together) } : true,
      sourcemap: false,
      // Users read the documentation in the declarations.
      comments: { legal: true, annotation: true, jsdoc: false },
    });
    const read = await build.watchFiles;
    await build.close();
    const executables = new Set(entries.flatMap((entry) => (entry.executable ? [entry.name] : [])));
    const files = output.flatMap((chunk) => {
      if (chunk.type !== "chunk") return [];
      const executable = chunk.isEntry && executables.has(chunk.name);
      const hashbang = executable && !chunk.code.startsWith("#!") ? "#!/usr/bin/env node\n" : "";
      const modules = modulePaths(chunk.moduleIds);
      problems.push(...modules.flatMap((module) => movedFiles(workspacePackage, module)));
      return [
        {
          path: chunk.fileName,
          text: hashbang + chunk.code,
          executable,
          isEntry: chunk.isEntry,
          modules,
        },
      ];
    });
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return { files, inputs: modulePaths([...read, ...files.flatMap(({ modules }) => modules)]) };
  } catch (error) {
    const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
    throw new Error(text.startsWith(name) ? text : `${name}: ${text}`);
  }
}

/**
 * @param {WorkspacePackage} workspacePackage
 * @param {string} id what is imported
 * @param {string | undefined} importer
 * @param {string[]} problems takes an import that nothing declares
 */
function isExternal({ name, directory, manifest }, id, importer, problems) {
  if (id.startsWith("node:") || builtins.has(id)) return true;
  const wanted = /^(@[^/]+\/[^/]+|[^@./\\\0#][^/\\:]*)(?:\/|$)/.exec(id)?.[1];
  if (wanted === undefined || wanted === name) return false;
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  if (wanted in { ...dependencies, ...peerDependencies, ...optionalDependencies }) return true;
  if (manifest.kinkoBuild?.bundle === true) return false;
  problems.push(
    `${name}: ${displayPath(importer ?? directory)} imports "${id}", which is not among its ` +
      `dependencies. Add ${wanted} to dependencies or peerDependencies in package.json.`,
  );
  return true;
}

/**
 * Files that a module names relative to itself, and would no longer find from inside dist.
 *
 * @param {WorkspacePackage} workspacePackage
 * @param {string} module absolute path
 * @returns {string[]} problems
 */
function movedFiles({ name, directory }, module) {
  if (module.includes("node_modules")) return [];
  const text = readFileSync(module, "utf8");
  const urls = text.matchAll(/new URL\(\s*["'](\.[^"']*)["'],\s*import\.meta\.url/g);
  return [...urls].flatMap(([, target = ""]) => {
    if (resolve(dirname(module), target) === resolve(directory, "dist", target)) return [];
    return [
      `${name}: ${displayPath(module)} looks for "${target}" relative to itself, which is another ` +
        `place once it is bundled. Do it in a module directly in src, for files outside src.`,
    ];
  });
}

/**
 * Without the bundler's own helpers, which are no files.
 *
 * @param {readonly string[]} ids
 */
function modulePaths(ids) {
  const paths = ids.map((id) => id.split("?")[0] ?? id).filter(isAbsolute);
  return [...new Set(paths)].sort();
}
