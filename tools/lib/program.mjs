import { join } from "node:path";
import { readManifest, workspaceRoot } from "./workspace.mjs";

/**
 * The script behind a command of one of the workspace's own development dependencies, to be run with
 * `process.execPath`, without a shell and without looking at PATH.
 *
 * @param {string} packageName
 * @param {string} [command] the package's name unless told
 * @throws {Error} when it is not installed or has no such command
 */
export function programPath(packageName, command = packageName) {
  const directory = join(workspaceRoot, "node_modules", packageName);
  const bin = readManifest(directory)?.bin;
  const script = typeof bin === "string" ? bin : bin?.[command];
  if (script === undefined) {
    throw new Error(
      `${packageName} with its command ${command} is not installed. Run: npx -y pnpm@12.21.0 install`,
    );
  }
  return join(directory, script);
}
