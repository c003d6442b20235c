// pnpm check:packages [PACKAGE…]: what users will install, checked as they will use it. Packs every
// package that is published, looks into the tarballs, runs publint and attw on them, installs all of
// them with npm into an empty project and loads them there on both supported Node lines.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { node24Path } from "../node24/index.mjs";
import { programPath } from "../lib/program.mjs";
import { run } from "../lib/run.mjs";
import { findPublishable, readManifest, workspaceRoot } from "../lib/workspace.mjs";
import { checkTypes, installWithNpm, loadExports, runCommands } from "./lib/consumer.mjs";
import { binTargets, importNames, inspectTarball, packPackages } from "./lib/pack.mjs";

/** @typedef {import("./lib/pack.mjs").Packed} Packed */

const folder = mkdtempSync(join(tmpdir(), "kinko-packages-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

const startedMs = performance.now();
const problems = await main(process.argv.slice(2));
if (problems.length > 0) {
  console.error(`\n${problems.join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`check:packages done in ${Math.round((performance.now() - startedMs) / 1000)} s`);
}

/**
 * @param {string[]} names
 * @returns {Promise<string[]>} problems
 */
async function main(names) {
  const packages = findPublishable().filter(
    ({ name }) =>
      names.length === 0 || names.includes(name) || names.includes(name.replace("@kinko/", "")),
  );
  if (packages.length === 0) return [`No published package is called ${names.join(" or ")}.`];

  console.log(`packing ${packages.length} packages and installing them with npm`);
  const packed = await packPackages(packages, folder);
  const project = join(folder, "consumer");
  await installWithNpm(packed, project, consumerDependencies(packed));

  /** @type {string[]} */
  const all = [];
  const nodes = await nodeExecutables(all);
  for (const each of packed) {
    const found = [
      ...inspectTarball(each),
      ...(await runLinter(each, "publint", ["publint", [each.tarball, "--strict"]])),
      ...(await runLinter(each, "attw", [
        "@arethetypeswrong/cli",
        [each.tarball, "--profile", "esm-only", "--no-color"],
        "attw",
      ])),
    ];
    for (const { path } of nodes) {
      found.push(
        ...(await loadExports(each, project, path)),
        ...(await runCommands(each, project, path)),
      );
    }
    all.push(...found);
    console.log(describe(each, nodes, found.length));
  }
  const typeProblems = await checkTypes(packed, project);
  console.log(
    `types of all packages in a strict consumer: ${typeProblems.length === 0 ? "ok" : "FAILED"}`,
  );
  return [...all, ...typeProblems];
}

/**
 * @param {string[]} problems takes what is missing
 * @returns {Promise<{ version: string, path: string }[]>}
 */
async function nodeExecutables(problems) {
  const second = node24Path();
  if (second === undefined)
    problems.push("Node 24 is not installed here, so packages were not loaded on it.");
  const paths = [process.execPath, ...(second === undefined ? [] : [second])];
  return Promise.all(
    paths.map(async (path) => ({ path, version: (await run(path, ["--version"])).stdout.trim() })),
  );
}

/**
 * @param {Packed} packed
 * @param {string} title
 * @param {[packageName: string, args: string[], command?: string]} program
 */
async function runLinter({ name }, title, [packageName, args, command]) {
  const { exitCode, stdout, stderr } = await run(
    process.execPath,
    [programPath(packageName, command), ...args],
    {
      cwd: folder,
    },
  );
  // attw ends with 0 when there is nothing to check.
  const passed = exitCode === 0 && !stdout.includes("does not contain types");
  return passed ? [] : [`${name}: ${title} objects:\n${stdout}${stderr}`.trim()];
}

/**
 * What a consumer installs besides: types of Node at the version this workspace has, and optional
 * peers, as somebody who imports what needs them would.
 *
 * @param {Packed[]} packed
 * @returns {Record<string, string>}
 */
function consumerDependencies(packed) {
  const nodeTypes = readManifest(join(workspaceRoot, "node_modules", "@types", "node"));
  const optional = packed.flatMap(({ manifest: { peerDependencies, peerDependenciesMeta } }) =>
    Object.entries(peerDependencies ?? {}).filter(
      ([name]) => peerDependenciesMeta?.[name]?.optional === true && !name.startsWith("@kinko/"),
    ),
  );
  return { "@types/node": nodeTypes?.version ?? "20", ...Object.fromEntries(optional) };
}

/**
 * @param {Packed} packed
 * @param {{ version: string }[]} nodes
 * @param {number} problemCount
 */
function describe({ name, manifest, files }, nodes, problemCount) {
  const exports = importNames(manifest).length;
  const commands = binTargets(manifest).length;
  const counted = [
    `${files.length} files`,
    `${exports} ${exports === 1 ? "export" : "exports"}`,
    ...(commands > 0 ? [`${commands} command`] : []),
  ].join(", ");
  const verdict = problemCount === 0 ? "ok" : `FAILED (${problemCount})`;
  return `${name} ${manifest.version}: ${counted}; publint, attw, import and require on ${nodes.map(({ version }) => version).join(" and ")}: ${verdict}`;
}
