import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run } from "./run.mjs";
import { displayPath, readManifest, workspaceRoot } from "./workspace.mjs";

/**
 * Runs `tsc -b` once for all given projects: the compiler orders them by their references and shares
 * what it has read.
 *
 * @param {string[]} projects folders, absolute
 * @param {string[]} [flags]
 * @returns {Promise<string>} empty when all is well, otherwise the compiler's report
 */
export async function buildProjects(projects, flags = []) {
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  const { bin } = /** @type {{ bin: { tsc: string } }} */ (
    /** @type {unknown} */ (readManifest(dirname(manifest)))
  );
  const { exitCode, stdout, stderr } = await run(
    process.execPath,
    [join(dirname(manifest), bin.tsc), "-b", ...flags, ...projects.map(displayPath)],
    { cwd: workspaceRoot },
  );
  return exitCode === 0 ? "" : `${stdout}${stderr}`.trim() || `tsc ended with ${exitCode}`;
}
