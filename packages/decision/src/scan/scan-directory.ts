import type { Profile } from "../profile/values.js";
import { createCloudCollector } from "./clouds.js";
import { createEnvFileCounter, envFileKind } from "./env-files.js";
import { nodeFileSystem, type ScanFileSystem } from "./file-system.js";
import { countDevelopers, type RunGit } from "./git.js";
import { createOrchestratorCollector } from "./orchestrator.js";
import { defaultWalkLimits, walk, type WalkLimits } from "./walk.js";

/** What to scan and how far. */
export interface ScanOptions {
  readonly directory: string;
  /** The moment that "the last 12 months" end at. */
  readonly now: Date;
  readonly limits?: Partial<WalkLimits> | undefined;
  /** Most bytes read of one file; what lies behind is not seen. Default 1 MiB. */
  readonly maxFileBytes?: number | undefined;
  readonly fileSystem?: ScanFileSystem | undefined;
  readonly runGit?: RunGit | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a scan measured. */
export interface ScanResult {
  /** The measured answers with evidence and source; what could not be measured is null. */
  readonly profile: Profile;
  /** How many files were looked at. */
  readonly files: number;
  /** Whether a limit cut the walk, so that every count is "at least". */
  readonly truncated: boolean;
  /** What a reader should know about the scan, in sentences. */
  readonly notes: readonly string[];
}

const defaultMaxFileBytes = 1024 * 1024;

/**
 * Measures what a directory tells about a profile: secrets and environments from `.env*` files,
 * developers from git history, clouds from package.json and Terraform, orchestrator from deployment
 * files. Reads names only and keeps no value. Changes nothing.
 *
 * Rejects when the directory itself cannot be read; a file or branch that cannot be read is told in
 * `notes`.
 *
 * @example
 * const { profile, notes } = await scanDirectory({ directory: ".", now: new Date() });
 */
export async function scanDirectory(options: ScanOptions): Promise<ScanResult> {
  const { directory, now, runGit, signal, fileSystem = nodeFileSystem } = options;
  const maxFileBytes = options.maxFileBytes ?? defaultMaxFileBytes;
  const envFiles = createEnvFileCounter();
  const clouds = createCloudCollector();
  const orchestrator = createOrchestratorCollector();
  let unreadableFiles = 0;

  const report = await walk(
    directory,
    fileSystem,
    { ...defaultWalkLimits, ...options.limits },
    async (file) => {
      const isEnvFile = envFileKind(file.name) !== undefined;
      const forClouds = clouds.wants(file.name);
      const forOrchestrator = orchestrator.wants(file.name);
      if (!isEnvFile && !forClouds && !forOrchestrator) return;
      let text: string;
      try {
        text = await fileSystem.readText(file.path, maxFileBytes);
      } catch {
        // Reading one file may be forbidden; the count is then told to be a lower bound.
        unreadableFiles += 1;
        return;
      }
      if (isEnvFile) envFiles.add(file, text);
      if (forClouds) clouds.add(file.name, text);
      if (forOrchestrator) orchestrator.add(file, text);
    },
    signal,
  );
  const developers = await countDevelopers({ directory, now, runGit, signal });
  signal?.throwIfAborted();
  const notes: string[] = [];
  if (report.truncated) {
    notes.push(`The scan stopped at its limit after ${report.files} files: counts are at least.`);
  }
  if (report.unreadable > 0 || unreadableFiles > 0) {
    notes.push(
      `${report.unreadable} directories and ${unreadableFiles} files could not be read: counts are at least.`,
    );
  }
  return {
    profile: {
      ...envFiles.profile(),
      ...developers,
      ...clouds.profile(),
      ...orchestrator.profile(),
    },
    files: report.files,
    truncated: report.truncated,
    notes,
  };
}
