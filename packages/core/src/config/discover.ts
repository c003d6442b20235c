import { lstat, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ConfigError } from "../errors/classes.js";

const extensions = ["yaml", "yml", "json", "toml", "js", "mjs", "cjs", "ts", "mts"];

/** Names that are looked for, in one folder. */
export const configFileNames: readonly string[] = extensions.map((end) => `kinko.config.${end}`);

/**
 * Finds the nearest config file from `cwd` upward; the search ends at the home folder and at the
 * root. Own code instead of a search library, because a file must be refused before it is loaded:
 * a `kinko.config.js` that another user placed in a parent folder would run as us.
 *
 * @throws ConfigError when a folder has two, or the file belongs to another user.
 */
export async function discoverConfigFile(cwd: string): Promise<string | undefined> {
  const home = homedir();
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const file = await configFileIn(directory);
    if (file !== undefined) {
      await checkOwner(file, directory);
      return file;
    }
    if (directory === home || dirname(directory) === directory) return undefined;
  }
}

async function configFileIn(directory: string): Promise<string | undefined> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch {
    // A parent that we may pass through but not list cannot offer a config.
    return undefined;
  }
  const found = names.filter((name) => configFileNames.includes(name));
  if (found.length > 1) {
    throw new ConfigError(`There are several config files: ${found.sort().join(", ")}.`, {
      operation: "open",
      reason: "ambiguous-config",
      advice: `Keep one of them in ${directory}, or name one with KINKO_CONFIG.`,
    });
  }
  return found[0] === undefined ? undefined : join(directory, found[0]);
}

async function checkOwner(file: string, directory: string): Promise<void> {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  const [entry, target, folder] = await Promise.all([lstat(file), stat(file), stat(directory)]);
  const foreign = [entry, target, folder].some((stats) => stats.uid !== uid && stats.uid !== 0);
  const writable = (target.mode & 0o002) !== 0;
  if (!foreign && !writable) return;
  throw new ConfigError(
    `The config file ${file} ${foreign ? "or its folder belongs to another user" : "can be written by everybody"}.`,
    {
      operation: "open",
      reason: "untrusted-config",
      advice: foreign
        ? "If you trust it, name it with --config or KINKO_CONFIG; otherwise put a config of your own in this folder."
        : `Run: chmod o-w ${file}`,
    },
  );
}
