import { mkdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { run } from "../../lib/run.mjs";
import { isFile, listFiles, workspaceRoot } from "../../lib/workspace.mjs";

/** @typedef {import("../../lib/workspace.mjs").WorkspacePackage} WorkspacePackage */
/** @typedef {import("../../lib/workspace.mjs").Manifest} Manifest */

/**
 * @typedef {object} Packed
 * @property {string} name
 * @property {string} tarball absolute
 * @property {string} directory where it lies unpacked
 * @property {Manifest} manifest as it would be published
 * @property {string[]} files inside the package, with forward slashes
 */

/**
 * Packs packages as publishing would, and unpacks each beside its tarball to be looked at.
 *
 * @param {WorkspacePackage[]} packages
 * @param {string} folder
 * @returns {Promise<Packed[]>}
 */
export async function packPackages(packages, folder) {
  const filters = packages.flatMap(({ name }) => ["--filter", name]);
  const packed = await pnpm([
    "--recursive",
    ...filters,
    "pack",
    "--json",
    "--pack-destination",
    folder,
  ]);
  if (packed.exitCode !== 0) throw new Error(`pnpm pack failed: ${packed.stderr}${packed.stdout}`);
  /** @type {unknown} */
  const output = JSON.parse(packed.stdout);
  const results = /** @type {{ name: string, filename: string }[]} */ (
    Array.isArray(output) ? output : [output]
  );
  return Promise.all(results.map(({ name, filename }) => unpack(name, filename, folder)));
}

/**
 * @param {string} name
 * @param {string} tarball
 * @param {string} folder
 * @returns {Promise<Packed>}
 */
async function unpack(name, tarball, folder) {
  const directory = join(folder, "unpacked", name);
  mkdirSync(directory, { recursive: true });
  const extracted = await run("tar", ["-xzf", tarball, "-C", directory, "--strip-components=1"]);
  if (extracted.exitCode !== 0)
    throw new Error(`${name}: the tarball does not unpack: ${extracted.stderr}`);
  return {
    name,
    tarball,
    directory,
    manifest: /** @type {Manifest} */ (
      JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))
    ),
    files: listFiles(directory).map((path) =>
      path.slice(directory.length + 1).replaceAll("\\", "/"),
    ),
  };
}

/**
 * What is wrong with a tarball before anyone installs it.
 *
 * @param {Packed} packed
 * @returns {string[]}
 */
export function inspectTarball({ name, directory, manifest, files }) {
  const problems = [];
  const manifestText = JSON.stringify(manifest);
  for (const leftover of ["workspace:", "catalog:", "@kinko/source"]) {
    if (manifestText.includes(leftover)) {
      problems.push(
        `${name}: its packed package.json still says "${leftover}". ` +
          `Publish settings belong in publishConfig; versions are replaced by pnpm only where it knows them.`,
      );
    }
  }
  for (const wanted of ["README.md", "LICENSE"]) {
    if (!files.includes(wanted))
      problems.push(`${name}: has no ${wanted}. Write one and keep it in "files".`);
  }
  for (const file of files) {
    if (/(^|\/)(test|tests|src|node_modules)\/|\.test\.|tsbuildinfo$|(^|\/)tsconfig/.test(file)) {
      problems.push(`${name}: packs ${file}, which no user needs. Leave it out through "files".`);
    }
  }
  for (const { file, wanted } of undeclaredTypeImports({ name, directory, manifest, files })) {
    problems.push(
      `${name}: ${file} takes types from ${wanted}, which users need not have. ` +
        `Add it to dependencies or peerDependencies, or keep it out of the public types.`,
    );
  }
  for (const target of binTargets(manifest)) {
    const path = join(directory, target);
    if (!isFile(path) || !readFileSync(path, "utf8").startsWith("#!/usr/bin/env node\n")) {
      problems.push(
        `${name}: its command ${target} is no executable script. Build it with pnpm build.`,
      );
    }
  }
  return problems;
}

/**
 * Public declarations that lean on packages which are only installed here. The consumer project would
 * not notice, as it has all packages side by side.
 *
 * @param {Omit<Packed, "tarball">} packed
 * @returns {{ file: string, wanted: string }[]}
 */
function undeclaredTypeImports({ name, directory, manifest, files }) {
  const { dependencies, peerDependencies } = manifest;
  const declared = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })]);
  /** @type {Map<string, { file: string, wanted: string }>} */
  const found = new Map();
  const queue = declarationEntries(manifest.exports).filter((file) => files.includes(file));
  const seen = new Set(queue);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const specifier of importsOf(readFileSync(join(directory, file), "utf8"))) {
      const wanted = /^(@[^/]+\/[^/]+|[^@./][^/]*)/.exec(specifier)?.[1];
      const target = posix.join(posix.dirname(file), specifier.replace(/\.js$/, ".d.ts"));
      if (wanted === undefined && files.includes(target) && !seen.has(target)) {
        seen.add(target);
        queue.push(target);
      } else if (wanted !== undefined && !isBuiltin(specifier) && !declared.has(wanted)) {
        found.set(`${file} ${wanted}`, { file, wanted });
      }
    }
  }
  return [...found.values()];
}

/**
 * @param {unknown} exports of a manifest
 * @returns {string[]} paths inside the package
 */
function declarationEntries(exports) {
  if (typeof exports === "string")
    return exports.endsWith(".d.ts") ? [posix.normalize(exports)] : [];
  if (typeof exports !== "object" || exports === null) return [];
  return Object.values(exports).flatMap(declarationEntries);
}

/**
 * @param {string} text of a declaration file
 * @returns {string[]}
 */
function importsOf(text) {
  const imports = text.matchAll(
    /^(?:import|export)\s[^"';=]*?\bfrom\s*"([^"]+)";$|^import\s*"([^"]+)";$|\bimport\("([^"]+)"\)/gm,
  );
  return [...imports].flatMap((match) => match.slice(1).filter((group) => group !== undefined));
}

/**
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function binTargets({ bin }) {
  if (bin === undefined) return [];
  return typeof bin === "string" ? [bin] : Object.values(bin);
}

/**
 * The names under which a package's modules are imported; patterns and JSON files are left out.
 *
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function importNames({ name, exports }) {
  return Object.keys(exports ?? {})
    .filter((key) => key.startsWith(".") && !key.includes("*") && !key.endsWith(".json"))
    .map((key) => name + key.slice(1));
}

/** @param {string[]} args */
function pnpm(args) {
  const { packageManager } = /** @type {{ packageManager: string }} */ (
    JSON.parse(readFileSync(join(workspaceRoot, "package.json"), "utf8"))
  );
  return run("npx", ["-y", packageManager, ...args], { cwd: workspaceRoot });
}
