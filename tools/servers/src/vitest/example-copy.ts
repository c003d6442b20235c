import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";

const run = promisify(execFile);

/** A copy of an example in which its programs are run. */
export interface ExampleCopy {
  readonly folder: string;
  /**
   * Runs a file of the example's `src` as a process of its own, as a user would, and gives what it
   * printed. Of the environment it has PATH, its own home and `env`; it must say nothing on stderr.
   */
  start(file: string, env?: NodeJS.ProcessEnv): Promise<string>;
  /**
   * Starts a file that goes on running, such as a service, with the same environment. It is killed
   * after the calling test, if it has not ended by itself.
   */
  launch(file: string, env?: NodeJS.ProcessEnv): RunningExample;
  remove(): void;
}

/** A program of an example that goes on running. */
export interface RunningExample {
  /** What it has printed so far, on stdout and stderr. */
  output(): string;
  /** Resolves with the first match in its output. @throws Error when it ends without one */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to end with SIGTERM, and gives how it did. */
  end(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Copies an example beside itself, so that its packages are found from there.
 *
 * @param testUrl `import.meta.url` of a file in the example's `test`
 * @param options.built what the example needs of `@kinko/core` as it is built
 * @param options.config whether its `kinko.config.yaml` is copied too
 */
export function copyExample(
  testUrl: string,
  {
    built = "dist/index.js",
    config = true,
  }: { readonly built?: string; readonly config?: boolean } = {},
): ExampleCopy {
  const example = dirname(dirname(fileURLToPath(testUrl)));
  const core = dirname(createRequire(testUrl).resolve("@kinko/core/package.json"));
  expect(
    existsSync(join(core, built)),
    "the example runs what is built: run pnpm build first",
  ).toBe(true);
  const folder = mkdtempSync(join(example, ".kinko-test-"));
  cpSync(join(example, "src"), join(folder, "src"), { recursive: true });
  const configFile = "kinko.config.yaml";
  if (config) cpSync(join(example, configFile), join(folder, configFile));
  return {
    folder,
    async start(file, env = {}) {
      const { stdout, stderr } = await run(process.execPath, [join("src", file)], {
        cwd: folder,
        env: { PATH: process.env["PATH"], HOME: folder, ...env },
      });
      expect(stderr).toBe("");
      return stdout;
    },
    launch: (file, env = {}) =>
      launch(join("src", file), {
        cwd: folder,
        env: { PATH: process.env["PATH"], HOME: folder, ...env },
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function launch(
  file: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): RunningExample {
  const child = spawn(process.execPath, [file], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  let isOver = false;
  const looks = new Set<() => void>();
  const lookAgain = (): void => {
    for (const look of looks) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      lookAgain();
    });
  }
  const ended = new Promise<Awaited<ReturnType<RunningExample["end"]>>>((resolve) => {
    child.on("close", (code, signal) => {
      isOver = true;
      lookAgain();
      resolve({ code, signal });
    });
  });
  return {
    output: () => output,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (match === null && !isOver) return;
          looks.delete(look);
          if (match === null) reject(new Error(`It ended without ${pattern.source}:\n${output}`));
          else resolve(match);
        };
        looks.add(look);
        look();
      }),
    end: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}
