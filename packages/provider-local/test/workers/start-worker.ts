import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The worker as one file that Node runs as it is. */
export interface WorkerBundle {
  readonly file: string;
  remove(): Promise<void>;
}

/** Node 20 runs no TypeScript, and a test must not depend on somebody having built before. */
export async function bundleWorker(): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-worker-"));
  const build = await rolldown({
    input: fileURLToPath(new URL("store-worker.ts", import.meta.url)),
    platform: "node",
    resolve: {
      conditionNames: ["@kinko/source", "node", "import", "default"],
      extensionAlias: { ".js": [".ts", ".js"] },
    },
  });
  await build.write({
    dir: folder,
    format: "esm",
    entryFileNames: "worker.mjs",
    chunkFileNames: "[name]-[hash].mjs",
    minify: true,
  });
  await build.close();
  // Workers may run as another user.
  await chmod(folder, 0o755);
  return {
    file: join(folder, "worker.mjs"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A running worker and what it has reported. */
export interface Worker {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  /** Resolves at the next line, and also when the worker ends. */
  nextLine(): Promise<void>;
  /** Resolves when it has ended and everything that it wrote was read. */
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** How to start a worker. */
export interface WorkerOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A program that runs the worker, such as strace with its arguments. */
  readonly under?: readonly string[];
}

/** Starts `node worker.mjs ...args`. */
export function startWorker(
  bundle: WorkerBundle,
  args: readonly string[],
  options: WorkerOptions = {},
): Worker {
  const [program, ...rest] = [...(options.under ?? []), process.execPath, bundle.file, ...args];
  const child = spawn(program as string, rest, {
    env: { PATH: process.env["PATH"], ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let partial = "";
  let wake: () => void = () => undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (partial + text).split("\n");
    partial = parts.pop() ?? "";
    lines.push(...parts);
    wake();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    lines.push(
      ...text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => `stderr ${line}`),
    );
  });
  const end = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on("close", (code, signal) => {
      wake();
      resolve({ code, signal });
    });
  });
  return {
    child,
    lines,
    nextLine: () =>
      Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        end.then(() => undefined),
      ]),
    ended: () => end,
  };
}
