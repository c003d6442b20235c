import { programPath } from "./program.mjs";
import { run } from "./run.mjs";
import { displayPath, workspaceRoot } from "./workspace.mjs";

/**
 * Runs `tsc -b` once for all given projects: the compiler orders them by their references and shares
 * what it has read.
 *
 * @param {string[]} projects folders, absolute
 * @returns {Promise<string>} empty when all is well, otherwise the compiler's report
 */
export async function buildProjects(projects) {
  const { exitCode, stdout, stderr } = await run(
    process.execPath,
    [programPath("typescript", "tsc"), "-b", ...projects.map(displayPath)],
    { cwd: workspaceRoot },
  );
  return exitCode === 0 ? "" : `${stdout}${stderr}`.trim() || `tsc ended with ${exitCode}`;
}
