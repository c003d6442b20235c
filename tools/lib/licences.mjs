import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { readManifest } from "./workspace.mjs";

/**
 * Licences that may be shipped with, or installed by, an MIT-licensed package: permissive, and asking
 * for no more than their notice.
 */
export const allowedLicences = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
]);

/**
 * Whether a licence expression of a manifest (SPDX, with OR, AND and parentheses) can be met with
 * allowed licences alone. One that mixes OR and AND is met only when every licence in it is allowed:
 * stricter than SPDX, and rare enough not to need a parser.
 *
 * @param {string} expression
 * @returns {boolean}
 */
export function isAllowed(expression) {
  const terms = expression
    .replace(/[()]/g, " ")
    .trim()
    .split(/\s+(OR|AND)\s+/);
  const licences = terms.filter((_, index) => index % 2 === 0);
  const onlyChoices =
    terms.length > 1 && terms.every((term, index) => index % 2 === 0 || term === "OR");
  return onlyChoices
    ? licences.some((licence) => allowedLicences.has(licence))
    : licences.every((licence) => allowedLicences.has(licence));
}

/**
 * @typedef {object} InstalledPackage
 * @property {string} name
 * @property {string} version
 * @property {string} licence SPDX expression, or "none declared"
 * @property {string} directory
 */

/**
 * The installed package that a module file belongs to.
 *
 * @param {string} modulePath absolute
 * @returns {InstalledPackage | undefined} undefined for a file outside node_modules
 */
export function owningPackage(modulePath) {
  const marker = `${sep}node_modules${sep}`;
  const start = modulePath.lastIndexOf(marker);
  if (start === -1) return undefined;
  const base = modulePath.slice(0, start + marker.length);
  const [first = "", second = ""] = modulePath.slice(base.length).split(sep);
  const directory = join(base, first.startsWith("@") ? join(first, second) : first);
  const manifest = readManifest(directory);
  if (manifest === undefined)
    throw new Error(`${modulePath} belongs to no package: ${directory} has no package.json.`);
  return describePackage(directory, manifest);
}

/**
 * @param {string} directory
 * @param {import("./workspace.mjs").Manifest} manifest
 * @returns {InstalledPackage}
 */
export function describePackage(directory, manifest) {
  const { name, version, license, licenses } = manifest;
  return { name, version, licence: licenceName(license ?? licenses), directory };
}

/**
 * Old manifests write `{ type }`, or a list of them to choose from, where newer ones write SPDX.
 *
 * @param {import("./workspace.mjs").Manifest["license"] | import("./workspace.mjs").Manifest["licenses"]} declared
 * @returns {string}
 */
function licenceName(declared) {
  if (declared === undefined) return "none declared";
  if (typeof declared === "string") return declared;
  if (Array.isArray(declared)) return declared.map(licenceName).join(" OR ");
  return declared.type ?? "none declared";
}

/**
 * The notice of everything bundled into a package.
 *
 * @param {string} packageName the package that bundles
 * @param {string[]} modulePaths
 * @returns {string | undefined} undefined when nothing of others is bundled
 * @throws {Error} when a licence is not allowed, or its text is not to be found
 */
export function thirdPartyNotice(packageName, modulePaths) {
  /** @type {Map<string, InstalledPackage>} */
  const bundled = new Map();
  for (const path of modulePaths) {
    const found = owningPackage(path);
    if (found !== undefined) bundled.set(`${found.name}@${found.version}`, found);
  }
  if (bundled.size === 0) return undefined;
  const refused = [...bundled.values()].filter(({ licence }) => !isAllowed(licence));
  if (refused.length > 0) {
    const list = refused
      .map(({ name, version, licence }) => `${name}@${version} (${licence})`)
      .join(", ");
    throw new Error(
      `${packageName}: would bundle ${list}, whose licence is not on the list in tools/lib/licences.mjs. ` +
        `Use another package, or extend the list after reading the licence.`,
    );
  }
  const sections = [...bundled.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, found]) =>
        `${"-".repeat(80)}\n${key} (${found.licence})\n\n${licenceText(packageName, found)}`,
    );
  return `${packageName} contains the following packages.\n\n${sections.join("\n\n")}\n`;
}

/**
 * @param {string} packageName
 * @param {InstalledPackage} found
 */
function licenceText(packageName, found) {
  const files = readdirSync(found.directory)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  if (files.length === 0) {
    throw new Error(
      `${packageName}: would bundle ${found.name}@${found.version}, which ships no licence text. ` +
        `Make it a runtime dependency instead, so that it is installed rather than copied.`,
    );
  }
  return files.map((file) => readFileSync(join(found.directory, file), "utf8").trim()).join("\n\n");
}
