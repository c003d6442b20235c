import { join } from "node:path";
import type { ScanFileSystem } from "./file-system.js";

/** Bounds of a walk. */
export interface WalkLimits {
  /** Most files looked at. Default 20,000. */
  readonly maxFiles: number;
  /** How many directories deep. Default 12. */
  readonly maxDepth: number;
}

/** A file that a walk found. */
export interface FoundFile {
  readonly name: string;
  /** Absolute, or as the directory that was given. */
  readonly path: string;
  /** The directory it lies in, relative to the start and with `/`; empty for the start itself. */
  readonly directory: string;
}

/** What a walk saw besides the files. */
export interface WalkReport {
  readonly files: number;
  /** Whether a limit ended the walk early or cut branches off. */
  readonly truncated: boolean;
  /** Directories that could not be read. */
  readonly unreadable: number;
}

/** Default bounds: a large repository fits, a home directory by mistake does not run for ever. */
export const defaultWalkLimits: WalkLimits = { maxFiles: 20_000, maxDepth: 12 };

/** Directories that hold what others wrote, or what a build made. */
const skippedDirectories = new Set([
  "node_modules",
  "bower_components",
  "vendor",
  ".git",
  ".hg",
  ".svn",
  ".terraform",
  ".venv",
  "venv",
  "__pycache__",
  ".next",
  ".cache",
  "dist",
  "build",
  "out",
  "target",
  "coverage",
]);

/**
 * Walks a directory breadth first and in sorted order, so that two walks of the same tree agree
 * even where a limit cuts them. Links are not followed. Calls `visit` for every file.
 */
export async function walk(
  start: string,
  fileSystem: ScanFileSystem,
  limits: WalkLimits,
  visit: (file: FoundFile) => Promise<void>,
  signal?: AbortSignal,
): Promise<WalkReport> {
  let files = 0;
  let truncated = false;
  let unreadable = 0;
  let level = [""];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.maxDepth) return { files, truncated: true, unreadable };
    const next: string[] = [];
    for (const directory of level) {
      signal?.throwIfAborted();
      let entries;
      try {
        entries = await fileSystem.readDirectory(join(start, directory));
      } catch (error) {
        // Without the start there is nothing to measure; a branch less is told in the report.
        if (directory === "") throw error;
        unreadable += 1;
        continue;
      }
      const sorted = entries.toSorted((left, right) => (left.name < right.name ? -1 : 1));
      for (const { name, kind } of sorted) {
        const below = directory === "" ? name : `${directory}/${name}`;
        if (kind === "directory" && !skippedDirectories.has(name)) next.push(below);
        if (kind !== "file") continue;
        if (files >= limits.maxFiles) {
          truncated = true;
          break;
        }
        files += 1;
        await visit({ name, path: join(start, below), directory });
      }
      if (truncated) return { files, truncated, unreadable };
    }
    level = next;
  }
  return { files, truncated, unreadable };
}
