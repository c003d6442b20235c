// pnpm build [PACKAGE…]: declarations with one tsc, then each package's JavaScript with rolldown.
// Without names, every package whose exports or bin lead into dist. A name may leave out "@kinko/".
import { rmSync } from "node:fs";
import { join } from "node:path";
import { thirdPartyNotice } from "../lib/licences.mjs";
import { buildProjects } from "../lib/typescript.mjs";
import { displayPath, findPackages, isFile, listFiles, workspaceRoot } from "../lib/workspace.mjs";
import { bundlePackage } from "./bundle.mjs";
import { findEntries } from "./entries.mjs";
import {
  hashFiles,
  hashText,
  isOlder,
  isUnchanged,
  readState,
  writeAtomically,
  writeState,
} from "./state.mjs";

/** @typedef {import("../lib/workspace.mjs").WorkspacePackage} WorkspacePackage */

const noticeFile = "THIRD-PARTY-LICENSES.txt";

/** Changes of these rebuild everything: they decide how, not what. */
const toolsHash = hashText(
  JSON.stringify(
    hashFiles([
      ...listFiles(join(workspaceRoot, "tools", "build"), (path) => path.endsWith(".mjs")),
      ...listFiles(join(workspaceRoot, "tools", "lib"), (path) => path.endsWith(".mjs")),
      join(workspaceRoot, "pnpm-lock.yaml"),
    ]),
  ),
);

const startedMs = performance.now();
const startedAtMs = Date.now();
const failures = await main(process.argv.slice(2));
if (failures.length > 0) {
  console.error(failures.join("\n\n"));
  process.exitCode = 1;
} else {
  console.log(`build done in ${Math.round(performance.now() - startedMs)} ms`);
}

/**
 * @param {string[]} names
 * @returns {Promise<string[]>} what went wrong
 */
async function main(names) {
  const packages = selectPackages(names);
  const typeErrors = buildProjects(packages.map(({ directory }) => directory));
  const results = await Promise.allSettled(packages.map(buildJavaScript));
  const report = await typeErrors;
  return [
    ...(report === "" ? [] : [report]),
    ...results.flatMap((result) =>
      result.status === "fulfilled"
        ? []
        : [result.reason instanceof Error ? result.reason.message : String(result.reason)],
    ),
  ];
}

/**
 * @param {string[]} names
 * @returns {WorkspacePackage[]}
 */
function selectPackages(names) {
  const buildable = findPackages().filter(
    ({ directory, manifest }) =>
      isFile(join(directory, "tsconfig.json")) &&
      /"\.\/dist\//.test(JSON.stringify([manifest.exports, manifest.bin])),
  );
  if (names.length === 0) return buildable;
  return names.map((name) => {
    const found = buildable.find(
      (candidate) => candidate.name === name || candidate.name === `@kinko/${name}`,
    );
    if (found !== undefined) return found;
    throw new Error(
      `There is no package "${name}" to build. Choose from: ${buildable.map((each) => each.name).join(", ")}.`,
    );
  });
}

/** @param {WorkspacePackage} workspacePackage */
async function buildJavaScript(workspacePackage) {
  const { name, directory } = workspacePackage;
  const state = readState(name);
  if (state?.tools === toolsHash && isUnchanged(state.inputs) && isUnchanged(state.outputs)) return;

  const startMs = performance.now();
  const { files, inputs } = await bundlePackage(workspacePackage, findEntries(workspacePackage));
  const notice = thirdPartyNotice(
    name,
    files.flatMap(({ modules }) => modules),
  );
  if (notice !== undefined) {
    files.push({ path: noticeFile, text: notice, executable: false, isEntry: false, modules: [] });
  }

  const dist = join(directory, "dist");
  // Chunks before the entries that lead to them, so that no reader finds an entry without its chunk.
  const ordered = files.toSorted((a, b) => Number(a.isEntry) - Number(b.isEntry));
  for (const { path, text, executable } of ordered) {
    writeAtomically(join(dist, path), text, executable ? 0o755 : 0o644);
  }
  const outputs = files.map(({ path }) => join(dist, path));
  removeStale(directory, new Set(outputs));
  const read = [join(directory, "package.json"), ...inputs];
  // What was edited meanwhile may have been read before or after: then the next build does it again.
  if (isOlder(read, startedAtMs)) {
    writeState(name, {
      tools: toolsHash,
      inputs: hashFiles(read),
      outputs: hashFiles(outputs),
      contents: Object.fromEntries(files.map(({ path, modules }) => [join(dist, path), modules])),
    });
  }
  const sizeKib = Math.ceil(
    files.reduce((sum, file) => sum + Buffer.byteLength(file.text), 0) / 1024,
  );
  const count = `${files.length} ${files.length === 1 ? "file" : "files"}`;
  console.log(
    `${displayPath(directory)}: ${count}, ${sizeKib} KiB, ${Math.round(performance.now() - startMs)} ms`,
  );
}

/**
 * Nothing that an earlier build left may stay in the tarball: JavaScript that is no longer made, and
 * declarations whose source is gone.
 *
 * @param {string} directory
 * @param {Set<string>} outputs
 */
function removeStale(directory, outputs) {
  const dist = join(directory, "dist");
  for (const path of listFiles(dist)) {
    const source = join(directory, "src", path.slice(dist.length + 1)).replace(/\.d\.ts$/, ".ts");
    const keep = path.endsWith(".d.ts")
      ? isFile(source)
      : outputs.has(path) || path.endsWith(".tsbuildinfo");
    if (!keep) rmSync(path);
  }
}
