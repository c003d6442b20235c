import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { findPackages, isFile, workspaceRoot } from "../lib/workspace.mjs";

/** Outside dist, so that it can never be packed. */
const stateFolder = join(workspaceRoot, "node_modules", ".cache", "kinko-build");

/**
 * What a package was built from and what came out.
 *
 * @typedef {object} BuildState
 * @property {string} tools hash of what decides how packages are built
 * @property {Record<string, string>} inputs absolute path → hash
 * @property {Record<string, string>} outputs absolute path → hash
 * @property {Record<string, string[]>} contents absolute path of an output → modules bundled into it
 */

/**
 * @param {string} packageName
 * @returns {BuildState | undefined} undefined when there is none that can be read: then it is built
 */
export function readState(packageName) {
  const path = statePath(packageName);
  if (!isFile(path)) return undefined;
  try {
    return /** @type {BuildState} */ (JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // A half-written state costs one rebuild and is no reason to fail.
    return undefined;
  }
}

/**
 * @param {string} packageName
 * @param {BuildState} state
 */
export function writeState(packageName, state) {
  writeAtomically(statePath(packageName), JSON.stringify(state), 0o644);
}

/**
 * Which modules are in which built file, for those that look behind a bundle.
 *
 * @returns {Map<string, string[]>} absolute path of a built file → absolute paths of its modules
 * @throws {Error} when a built file is not the one that was recorded
 */
export function readBundleContents() {
  /** @type {Map<string, string[]>} */
  const all = new Map();
  for (const { name } of findPackages()) {
    const state = readState(name);
    if (state === undefined) continue;
    if (!isUnchanged(state.outputs)) {
      throw new Error(`The dist of ${name} is not what was built. Run: npx -y pnpm@12.21.0 build`);
    }
    for (const [path, modules] of Object.entries(state.contents)) all.set(path, modules);
  }
  return all;
}

/** @param {string} packageName */
function statePath(packageName) {
  return join(stateFolder, `${packageName.replace(/[^a-z0-9-]+/gi, "_")}.json`);
}

/**
 * @param {string[]} paths absolute
 * @returns {Record<string, string>}
 */
export function hashFiles(paths) {
  return Object.fromEntries(paths.map((path) => [path, hashFile(path)]));
}

/**
 * Whether none of the files was written at or after a time.
 *
 * @param {string[]} paths absolute
 * @param {number} timeMs since 1970
 */
export function isOlder(paths, timeMs) {
  return paths.every((path) => {
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    return modifiedMs === undefined || modifiedMs < timeMs;
  });
}

/** @param {Record<string, string>} expected */
export function isUnchanged(expected) {
  return Object.entries(expected).every(([path, hash]) => hashFile(path) === hash);
}

/**
 * A file in pnpm's store is named by its version and never edited, so its path says enough.
 *
 * @param {string} path
 */
function hashFile(path) {
  if (path.includes(`${sep}.pnpm${sep}`)) return isFile(path) ? "stored" : "absent";
  return isFile(path) ? hashText(readFileSync(path)) : "absent";
}

/** @param {string | Uint8Array} content */
export function hashText(content) {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * A process that runs the old build meanwhile sees the old file or the new one, never half of one.
 *
 * @param {string} path
 * @param {string} text
 * @param {number} mode
 */
export function writeAtomically(path, text, mode) {
  const present = statSync(path, { throwIfNoEntry: false });
  if (
    present !== undefined &&
    (present.mode & 0o777) === mode &&
    readFileSync(path, "utf8") === text
  )
    return;
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(stateFolder, { recursive: true });
  // Not beside the file: what a killed build leaves behind must not be packed.
  const temporary = join(stateFolder, `${hashText(path)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
