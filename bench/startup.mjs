// pnpm bench:startup [--check] [--rounds N]: what Kinko adds to the start of a short-lived process.
// Every figure is taken from fresh processes, interleaved with `node -e 0` and an empty module in the
// same run, because a busy machine makes absolute times meaningless.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isFile, workspaceRoot } from "../tools/lib/workspace.mjs";
import { reportFigures } from "./lib/figures.mjs";
import { interleave } from "./lib/interleave.mjs";
import { loadedModules, vendorModules } from "./lib/loaded-modules.mjs";
import { runNode } from "./lib/process.mjs";
import { median, percentile } from "./lib/statistics.mjs";

const secretPath = "bench/startup";
const secretValue = "a value that only this run knows";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "20" },
  },
});
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error("--rounds takes a whole number from 1.");

const core = builtFile("packages/core/dist/index.js");
const kinko = builtFile("packages/cli/dist/kinko.cjs");
const folder = mkdtempSync(join(tmpdir(), "kinko-startup-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

process.exitCode = reportFigures(await measure(), { check: options.check });

/** @returns {Promise<import("./lib/figures.mjs").Figure[]>} */
async function measure() {
  const empty = join(folder, "empty.mjs");
  const importCore = join(folder, "import-core.mjs");
  writeFileSync(empty, "export {};\n");
  writeFileSync(importCore, `import ${JSON.stringify(pathToFileURL(core).href)};\n`);

  // The embedded store with its identity, all of it inside the folder that is removed again.
  const inFolder = { cwd: folder, env: isolatedEnvironment() };
  await runNode([kinko, "init"], inFolder);
  await runNode([kinko, "set", secretPath], { ...inFolder, input: secretValue });
  const get = [kinko, "get", secretPath, "--reveal"];
  const { stdout } = await runNode(get, inFolder);
  if (stdout.trimEnd() !== secretValue) {
    throw new Error("kinko get gave another value than was set, so its time would mean nothing.");
  }

  /** @param {string[]} args */
  const timed = (args) => async () => (await runNode(args, inFolder)).elapsedMs;
  const samples = await interleave(
    {
      node: timed(["-e", "0"]),
      empty: timed([empty]),
      core: timed([importCore]),
      version: timed([kinko, "--version"]),
      get: timed(get),
    },
    { rounds },
  );
  const nodeMs = median(samples.node);

  /** @param {string[]} args */
  const countVendors = async (args) => {
    const found = vendorModules(await loadedModules(args, inFolder));
    return {
      value: found.length,
      atMost: 0,
      ...(found[0] === undefined ? {} : { note: found[0] }),
    };
  };
  return [
    { name: "node-e-0-ms", value: nodeMs },
    spread(samples.node),
    { name: "empty-module-ms", value: median(samples.empty) },
    {
      name: "core-import-added-ms",
      value: median(samples.core) - median(samples.empty),
      atMost: 15,
    },
    { name: "kinko-version-to-node-ratio", value: median(samples.version) / nodeMs, atMost: 1.4 },
    { name: "kinko-get-to-node-ratio", value: median(samples.get) / nodeMs, atMost: 3 },
    { name: "core-import-vendor-modules", ...(await countVendors([importCore])) },
    { name: "kinko-version-vendor-modules", ...(await countVendors([kinko, "--version"])) },
    { name: "kinko-get-vendor-modules", ...(await countVendors(get)) },
  ];
}

/**
 * How quiet the machine was: bare Node takes the same time again and again when nothing else runs.
 *
 * @param {number[]} samples
 * @returns {import("./lib/figures.mjs").Figure}
 */
function spread(samples) {
  const value = percentile(samples, 90) / percentile(samples, 10);
  const note = "the machine is too busy for the figures below to say much";
  return { name: "node-e-0-p90-to-p10-ratio", value, ...(value > 1.5 ? { note } : {}) };
}

/**
 * The user's own configuration, identity and store must neither be read nor touched.
 *
 * @returns {NodeJS.ProcessEnv}
 */
function isolatedEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(KINKO_|NODE_|XDG_|VAULT_|AGE_)/.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: folder, USERPROFILE: folder, NO_COLOR: "1" };
}

/** @param {string} path inside the workspace */
function builtFile(path) {
  const absolute = join(workspaceRoot, path);
  if (isFile(absolute)) return absolute;
  throw new Error(`${path} does not exist. Run: npx -y pnpm@12.21.0 build`);
}
