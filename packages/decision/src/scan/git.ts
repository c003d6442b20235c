import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Profile } from "../profile/values.js";

/**
 * Runs git with arguments in a directory and hands over its output line by line.
 *
 * Resolves with the exit code; null when git is not installed, was stopped by a signal or took too
 * long.
 */
export type RunGit = (
  directory: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal?: AbortSignal,
) => Promise<number | null>;

/** Longest that one git command may take. Large histories list in seconds. */
const gitTimeoutMs = 60_000;

/**
 * The environment for git: no variable that points it at another repository, no prompt, no lock, no
 * network (a partial clone would fetch what it lacks, through commands its own settings may name).
 */
function gitEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...Object.fromEntries(kept),
    GIT_ALLOW_PROTOCOL: "none",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
}

/** Runs the installed git, without a shell. */
export const nodeRunGit: RunGit = (directory, args, onLine, signal) =>
  new Promise((resolve) => {
    const child = spawn("git", args, {
      cwd: directory,
      env: gitEnvironment(),
      stdio: ["ignore", "pipe", "ignore"],
      timeout: gitTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("line", onLine);
    const linesRead = new Promise<void>((done) => lines.once("close", done));
    child.once("error", () => resolve(null));
    // The last lines may still be on their way when the process has ended.
    child.once("close", (code) => void linesRead.then(() => resolve(code)));
  });

/** Automatic committers; they are nobody's colleague. */
const botAuthor = /\[bot\]|^(?:dependabot|renovate|github-actions|greenkeeper|snyk-bot)\b/i;

/** Twelve months before a day, as git takes it. */
function twelveMonthsBefore(now: Date): string {
  const start = new Date(now);
  start.setUTCFullYear(start.getUTCFullYear() - 1);
  return start.toISOString();
}

/** Inputs of {@link countDevelopers}. */
export interface CountDevelopersOptions {
  readonly directory: string;
  readonly now: Date;
  readonly runGit?: RunGit | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Counts the distinct authors of the last twelve months in the git history that a directory belongs
 * to. The mailmap joins a person's addresses; bots are left out. Addresses are counted and dropped.
 *
 * Unknown (null) when git is absent, the directory is in no repository, or nobody committed.
 */
export async function countDevelopers({
  directory,
  now,
  runGit = nodeRunGit,
  signal,
}: CountDevelopersOptions): Promise<Pick<Profile, "developerCount">> {
  const authors = new Set<string>();
  // The scanned repository's own settings may name programs to run; these are the ones that a log
  // would start.
  const safe = ["--no-pager", "-c", "log.showSignature=false", "-c", "core.fsmonitor=false"];
  const log = ["log", "--use-mailmap", `--since=${twelveMonthsBefore(now)}`, "--format=%aE"];
  const code = await runGit(
    directory,
    [...safe, ...log],
    (line) => {
      const author = line.trim().toLowerCase();
      if (author !== "" && !botAuthor.test(author)) authors.add(author);
    },
    signal,
  );
  if (code !== 0 || authors.size === 0) return { developerCount: null };
  let shallow = false;
  await runGit(
    directory,
    [...safe, "rev-parse", "--is-shallow-repository"],
    (line) => {
      shallow = shallow || line.trim() === "true";
    },
    signal,
  );
  const people = authors.size === 1 ? "1 author" : `${authors.size} authors`;
  const caution = shallow ? "; at least that many, as the clone is shallow" : "";
  const evidence = `${people} in the last 12 months${caution}`;
  return { developerCount: { value: authors.size, evidence, source: "git history" } };
}
