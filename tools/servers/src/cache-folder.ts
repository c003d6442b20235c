import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * The folder, outside every clone, where built servers are kept: `$XDG_CACHE_HOME/kinko/servers`, or
 * `~/.cache/kinko/servers`. It is created when absent, for this user alone.
 *
 * The XDG rules say that a relative XDG_CACHE_HOME is to be ignored.
 */
export function serversCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment["XDG_CACHE_HOME"];
  const base =
    configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), ".cache");
  const folder = join(base, "kinko", "servers");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
