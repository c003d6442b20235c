import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

const scope = "@kinko";
const namePrefix = "provider-";

/** Short names of the provider packages that are installed in `directory` or a parent of it. */
export async function installedProviders(directory: string): Promise<string[]> {
  const found = new Set<string>();
  for (let folder = directory; ; folder = dirname(folder)) {
    const names = await readdir(join(folder, "node_modules", scope)).catch(() => []);
    for (const name of names) {
      if (name.startsWith(namePrefix)) found.add(name.slice(namePrefix.length));
    }
    if (dirname(folder) === folder) return [...found].sort();
  }
}
