// pnpm check:licences: the licence of every package that installing one of ours brings along.
// What is bundled instead of installed is checked by the build.
import { describePackage, isAllowed } from "../lib/licences.mjs";
import { displayPath, findInstalled, findPublishable, readManifest } from "../lib/workspace.mjs";

/** @typedef {import("../lib/licences.mjs").InstalledPackage} InstalledPackage */

/** @type {Map<string, InstalledPackage & { path: string[] }>} by name and version */
const found = new Map();
/** @type {string[]} */
const problems = [];

for (const { name, directory } of findPublishable()) visit(directory, [name]);

const refused = [...found.values()].filter(({ licence }) => !isAllowed(licence));
for (const { name, version, licence, path } of refused) {
  problems.push(
    `${name}@${version} (through ${path.join(" > ")}) has the licence "${licence}", which is not on ` +
      `the list in tools/lib/licences.mjs. Use another package, or extend the list after reading it.`,
  );
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exitCode = 1;
} else {
  console.log(
    `licences: ${found.size} packages are installed by ours, all with an allowed licence`,
  );
}

/**
 * @param {string} directory of the package whose dependencies are visited
 * @param {string[]} path names that led here
 */
function visit(directory, path) {
  const manifest = readManifest(directory);
  if (manifest === undefined) return;
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const installed = findInstalled(directory, name);
    if (installed === undefined) {
      if (manifest.optionalDependencies?.[name] === undefined) {
        problems.push(
          `${displayPath(directory)} depends on ${name}, which is not installed. ` +
            `Run: npx -y pnpm@12.21.0 install`,
        );
      }
      continue;
    }
    const described = readManifest(installed);
    if (described === undefined) continue;
    const key = `${described.name}@${described.version}`;
    if (found.has(key) || name.startsWith("@kinko/")) continue;
    found.set(key, { ...describePackage(installed, described), path });
    visit(installed, [...path, name]);
  }
}
