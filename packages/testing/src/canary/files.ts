import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { findCanary, type Canary } from "./canary.js";

/**
 * Files at and beneath `path` whose content or name has the canary in any form; symbolic links
 * are not followed. A path that does not exist has none.
 */
export async function findCanaryInFiles(path: string, canary: Canary): Promise<string[]> {
  const found: string[] = [];
  for (const file of await filesBeneath(path)) {
    const content = await readFile(file);
    if (findCanary(content, canary).length > 0 || findCanary(file, canary).length > 0) {
      found.push(file);
    }
  }
  return found.sort();
}

/**
 * Asserts that no file at or beneath `path` has the canary.
 * @throws Error that names the files.
 */
export async function expectFilesClean(path: string, canary: Canary): Promise<void> {
  const found = await findCanaryInFiles(path, canary);
  if (found.length > 0) throw new Error(`A secret value leaked into ${found.join(", ")}.`);
}

async function filesBeneath(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return [];
  if (stats.isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map((entry) => filesBeneath(join(path, entry.name))),
  );
  return nested.flat();
}
