import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * How a package is built that is not a plain library; each is described in tools/build/chunks.mjs.
 *
 * @typedef {object} KinkoBuild
 * @property {boolean} [bundle] what is not a runtime dependency goes into dist
 * @property {string[]} [esModules]
 * @property {Record<string, string>} [replace]
 * @property {string[]} [together]
 */

/**
 * The parts of a package manifest that the tools read.
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string | { type?: string }} [license]
 * @property {{ type?: string }[]} [licenses] in old manifests
 * @property {Record<string, unknown>} [exports]
 * @property {string | Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {KinkoBuild} [kinkoBuild]
 */

/**
 * @typedef {object} WorkspacePackage
 * @property {string} name
 * @property {string} directory absolute
 * @property {Manifest} manifest
 */

/** Absolute path of the workspace. */
export const workspaceRoot = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * Every package of the workspace, sorted by folder, as pnpm-workspace.yaml's `packages:` lists them,
 * so that a new package needs no edit in any tool.
 *
 * @param {string} [root]
 * @returns {WorkspacePackage[]}
 */
export function findPackages(root = workspaceRoot) {
  return workspacePatterns(root)
    .flatMap((pattern) => matchFolders(root, pattern))
    .flatMap((directory) => {
      const manifest = readManifest(directory);
      return manifest === undefined ? [] : [{ name: manifest.name, directory, manifest }];
    });
}

/**
 * Packages that go to the registry.
 *
 * @param {string} [root]
 */
export function findPublishable(root = workspaceRoot) {
  return findPackages(root).filter(({ manifest }) => manifest.private !== true);
}

/**
 * @param {string} directory
 * @returns {Manifest | undefined} undefined where the folder is no package
 */
export function readManifest(directory) {
  const path = join(directory, "package.json");
  if (!isFile(path)) return undefined;
  return /** @type {Manifest} */ (JSON.parse(readFileSync(path, "utf8")));
}

/**
 * Files below a folder, absolute and sorted; nothing inside node_modules or a hidden folder.
 *
 * @param {string} directory
 * @param {(path: string) => boolean} [accept]
 * @returns {string[]}
 */
export function listFiles(directory, accept = () => true) {
  if (!isDirectory(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (!entry.isDirectory()) return accept(path) ? [path] : [];
      return entry.name === "node_modules" || entry.name.startsWith(".")
        ? []
        : listFiles(path, accept);
    });
}

/**
 * Looks a dependency up as Node does: in node_modules of the folder and of each one above it.
 *
 * @param {string} from a folder
 * @param {string} name
 * @returns {string | undefined}
 */
export function findInstalled(from, name) {
  for (let folder = from; ; folder = join(folder, "..")) {
    const candidate = join(folder, "node_modules", name);
    if (isDirectory(candidate)) return realpathSync(candidate);
    if (folder === join(folder, "..")) return undefined;
  }
}

/** @param {string} path */
export function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** @param {string} path */
export function isDirectory(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * A path for messages: relative to the workspace, with forward slashes.
 *
 * @param {string} path
 */
export function displayPath(path) {
  return relative(workspaceRoot, path).split(sep).join("/");
}

/**
 * The list under `packages:`; only `name` and `folder/*` are in use, so no YAML library is needed.
 *
 * @param {string} root
 */
function workspacePatterns(root) {
  const text = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  const block = /^packages:\n((?: +- .+\n)+)/m.exec(text)?.[1] ?? "";
  return block.split("\n").flatMap((line) => {
    const pattern = /^ +- ["']?([^"'\s]+)/.exec(line)?.[1];
    return pattern === undefined ? [] : [pattern];
  });
}

/**
 * @param {string} root
 * @param {string} pattern
 */
function matchFolders(root, pattern) {
  if (!pattern.endsWith("/*")) return [join(root, pattern)];
  const parent = join(root, pattern.slice(0, -2));
  if (!isDirectory(parent)) return [];
  return readdirSync(parent)
    .sort()
    .map((name) => join(parent, name))
    .filter(isDirectory);
}
