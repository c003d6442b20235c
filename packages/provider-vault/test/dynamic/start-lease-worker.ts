import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, onTestFinished } from "vitest";

/** A running worker and what it has said. */
export interface LeaseWorker {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  readonly errors: () => string;
  /** Resolves at a line that begins so, from a position in `lines` on; fails when the worker ends. */
  said(start: string, from?: number): Promise<string>;
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Bundles the worker, as Node 20 runs no TypeScript; call it at the top of a file. */
export function useLeaseWorker(
  env: Readonly<Record<string, string>>,
): (args: readonly string[], more?: Readonly<Record<string, string>>) => LeaseWorker {
  let folder = "";
  beforeAll(async () => {
    // From here Node finds what the package depends on, and no other tool looks.
    folder = await mkdtemp(
      fileURLToPath(new URL("../../node_modules/.lease-worker-", import.meta.url)),
    );
    const build = await rolldown({
      input: fileURLToPath(new URL("lease-worker.ts", import.meta.url)),
      platform: "node",
      external: ["node-vault"],
      resolve: {
        conditionNames: ["@kinko/source", "node", "import", "default"],
        extensionAlias: { ".js": [".ts", ".js"] },
      },
    });
    await build.write({ dir: folder, format: "esm", entryFileNames: "worker.mjs" });
    await build.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  return (args, more = {}) => {
    const child = spawn(process.execPath, [join(folder, "worker.mjs"), ...args], {
      env: { PATH: process.env["PATH"], ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines: string[] = [];
    let partial = "";
    let errors = "";
    let over = false;
    const waiting = new Set<() => void>();
    const wake = (): void => {
      for (const look of waiting) look();
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const parts = (partial + text).split("\n");
      partial = parts.pop() ?? "";
      lines.push(...parts);
      wake();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const end = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.on("close", (code, signal) => {
        over = true;
        wake();
        resolve({ code, signal });
      });
    });
    return {
      child,
      lines,
      errors: () => errors,
      said: (start, from = 0) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            const found = lines.slice(from).find((line) => line.startsWith(start));
            if (found === undefined && !over) return;
            waiting.delete(look);
            if (found !== undefined) resolve(found);
            else reject(new Error(`The worker ended without "${start}". ${errors}`));
          };
          waiting.add(look);
          look();
        }),
      ended: () => end,
    };
  };
}
