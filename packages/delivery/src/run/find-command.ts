import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve, sep } from "node:path";

/** Where to look. */
export interface FindCommandOptions {
  readonly cwd?: string | undefined;
  readonly searchPath?: string | undefined;
}

/** The program's path, or why it cannot run and the exit code that shells give then. */
export type FoundCommand =
  | { readonly path: string }
  | { readonly exitCode: 126 | 127; readonly problem: string; readonly advice: string };

/**
 * Finds a program as POSIX shells do: a name with a slash is a path, any other is looked for in
 * each folder of the search path. Not there is 127; there, but not to be executed, is 126.
 *
 * Done here and not left to `spawn`, which searches the child's `PATH` and does not say which of
 * the two it was.
 */
export async function findCommand(
  command: string,
  options: FindCommandOptions = {},
): Promise<FoundCommand> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const isPath = command.includes("/") || command.includes(sep);
  const candidates = isPath
    ? [resolve(cwd, command)]
    : folders(options.searchPath ?? process.env["PATH"]).map((folder) =>
        resolve(cwd, folder, command),
      );
  let refused = false;
  for (const path of command === "" ? [] : candidates) {
    const state = await inspect(path);
    if (state === "executable") return { path };
    // A folder of this name in the search path is passed over.
    if (state === "refused" || (state === "folder" && isPath)) refused = true;
  }
  return refused
    ? {
        exitCode: 126,
        problem: `${command} was found but cannot be executed.`,
        advice: "Check its permissions.",
      }
    : {
        exitCode: 127,
        problem: `The command ${command} was not found.`,
        advice: "Check the spelling and the PATH.",
      };
}

/** An empty part of the search path means the working directory. */
function folders(searchPath: string | undefined): string[] {
  return (searchPath ?? "/usr/local/bin:/usr/bin:/bin").split(delimiter);
}

async function inspect(path: string): Promise<"executable" | "refused" | "folder" | "absent"> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return "folder";
    if (!stats.isFile()) return "refused";
    await access(path, constants.X_OK);
    return "executable";
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "EACCES" || code === "EPERM" ? "refused" : "absent";
  }
}
