import { readFileSync } from "node:fs";
import { join } from "node:path";

const conditions: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);

/**
 * The file that `import` of a package would load, for packages whose exports only know `import`:
 * Node's `require.resolve` refuses those, and its `import.meta.resolve` cannot be told where to
 * start.
 *
 * @param folders Where `node_modules` may be, nearest first.
 */
export function findImportTarget(folders: readonly string[], name: string): string | undefined {
  for (const folder of folders) {
    const directory = join(folder, name);
    let manifest: unknown;
    try {
      manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    } catch {
      // Not installed here, or without a readable manifest: the next folder may have it.
      continue;
    }
    const target = targetOf((manifest as { readonly exports?: unknown }).exports);
    return target === undefined ? undefined : join(directory, target);
  }
  return undefined;
}

function targetOf(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports.startsWith("./") ? exports : undefined;
  if (typeof exports !== "object" || exports === null) return undefined;
  const entries: [string, unknown][] = Object.entries(exports);
  const main = entries.find(([key]) => key === ".");
  if (main !== undefined) return targetOf(main[1]);
  for (const [condition, value] of entries) {
    const target = conditions.has(condition) ? targetOf(value) : undefined;
    if (target !== undefined) return target;
  }
  return undefined;
}
