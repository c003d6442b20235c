import { builtinModules } from "node:module";
import { sep } from "node:path";
import { rolldown } from "rolldown";
import { displayPath } from "../lib/workspace.mjs";

/** @typedef {import("../lib/workspace.mjs").WorkspacePackage} WorkspacePackage */
/** @typedef {import("./entries.mjs").Entry} Entry */

/**
 * @typedef {object} Bundle
 * @property {{ path: string, text: string, executable: boolean }[]} files path inside dist
 * @property {string[]} inputs absolute paths of every module that went in
 */

const builtins = new Set(builtinModules);

/**
 * Bundles a package's own modules into one file per public entry, plus a chunk per dynamic import so
 * that lazy parts stay lazy. Why bundle at all: every ES module file costs about 1.5 ms at start-up
 * on a busy machine, and a library of small files has many.
 *
 * A library keeps every dependency outside. A package marked `"kinkoBuild": { "bundle": true }` keeps
 * only its declared runtime dependencies outside and takes in the rest, which it lists as
 * devDependencies. No source maps: the output is plain readable JavaScript with its names kept, the
 * sources are not in the tarball, and a map would double it. Libraries are not minified.
 *
 * @param {WorkspacePackage} workspacePackage
 * @param {Entry[]} entries
 * @returns {Promise<Bundle>}
 * @throws {Error} naming package and file, when something does not parse, resolve or is not declared
 */
export async function bundlePackage(workspacePackage, entries) {
  const { name, directory, manifest } = workspacePackage;
  const bundleAll = manifest.kinkoBuild?.bundle === true;
  const runtime = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
  ]);
  /** @type {string[]} */
  const problems = [];

  /**
   * @param {string} id
   * @param {string | undefined} importer
   */
  const external = (id, importer) => {
    if (id.startsWith("node:") || builtins.has(id)) return true;
    const wanted = /^(@[^/]+\/[^/]+|[^@./\\\0#][^/\\:]*)(?:\/|$)/.exec(id)?.[1];
    if (wanted === undefined) return false;
    if (runtime.has(wanted)) return true;
    if (bundleAll) return false;
    if (wanted === name) return false;
    problems.push(
      `${name}: ${displayPath(importer ?? directory)} imports "${id}", which is not among its ` +
        `dependencies. Add ${wanted} to dependencies or peerDependencies in package.json.`,
    );
    return true;
  };

  /** @type {string[]} */
  const warnings = [];
  try {
    const build = await rolldown({
      input: Object.fromEntries(entries.map((entry) => [entry.name, entry.source])),
      cwd: directory,
      platform: "node",
      external,
      tsconfig: false,
      resolve: {
        conditionNames: ["@kinko/source", "node", "import", "module", "default"],
        extensionAlias: { ".js": [".ts", ".js"] },
      },
      transform: { target: "node20.19" },
      onLog(level, log) {
        if (level === "warn") warnings.push(`${name}: ${log.message}`);
      },
    });
    const { output } = await build.generate({
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name]-[hash].js",
      minify: bundleAll,
      sourcemap: false,
    });
    const inputs = await build.watchFiles;
    await build.close();
    const unresolved = warnings.filter((warning) => /could not resolve|unresolved/i.test(warning));
    if (problems.length + unresolved.length > 0)
      throw new Error([...problems, ...unresolved].join("\n"));

    return {
      files: output.flatMap((chunk) => {
        if (chunk.type !== "chunk") return [];
        const executable = entries.some((entry) => entry.executable && entry.name === chunk.name);
        const hashbang = executable && !chunk.code.startsWith("#!") ? "#!/usr/bin/env node\n" : "";
        return [
          {
            path: chunk.fileName,
            text: hashbang + chunk.code,
            executable: executable && chunk.isEntry,
          },
        ];
      }),
      inputs: [
        ...new Set([
          ...inputs,
          ...output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])),
        ]),
      ]
        .map((id) => id.split("?")[0] ?? id)
        .filter((id) => id.startsWith(sep) || /^[A-Za-z]:\\/.test(id))
        .sort(),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(text.startsWith(name) ? text : `${name}: ${text}`);
  }
}
