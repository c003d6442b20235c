import { execFile } from "node:child_process";

export interface ToolOptions {
  readonly timeoutMs: number;
  /** Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface ToolOutput {
  /** Whether it ran and exited with 0. */
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a short program to its end. A program that is absent, fails or takes too long is an answer
 * here, not a rejection.
 */
export function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolOutput> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        env: options.environment ?? process.env,
        timeout: options.timeoutMs,
        killSignal: "SIGKILL",
        maxBuffer: 64 * 1024 * 1024,
        encoding: "utf8",
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...options.user,
      },
      (error, stdout, stderr) => resolve({ ok: error === null, stdout, stderr }),
    );
  });
}
