import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of this package, found upward from the running module, which is in `src` under vitest
 * and in `dist` (bundled, at another depth) from the command line.
 */
export const packageRoot: string = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

function findPackageRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) {
      throw new Error(
        `No package.json is above ${start}. Run this from a complete clone of the repository.`,
      );
    }
  }
}
