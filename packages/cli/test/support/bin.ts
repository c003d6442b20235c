import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, mkdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command as it is built. */
export const bin = fileURLToPath(new URL("../../dist/kinko.cjs", import.meta.url));

/** What a process left. */
export interface BinResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the command is started. */
export interface BinOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder of its own, with a home in it and `kinko` on the PATH. */
export interface BinHarness {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  kinko(argv: readonly string[], options?: BinOptions): Promise<BinResult>;
  /** Runs any program there. */
  exec(command: string, argv: readonly string[], options?: BinOptions): Promise<BinResult>;
  /** Starts a program without waiting. */
  start(command: string, argv: readonly string[], options?: BinOptions): ChildProcess;
  /** Makes a provider package reachable from the folder, as an installation would. */
  install(provider: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes such a folder. */
export async function createBinHarness(): Promise<BinHarness> {
  const directory = await mkdtemp(join(tmpdir(), "kinko-bin-"));
  const programs = join(directory, "bin");
  await mkdir(join(directory, "home"));
  await mkdir(programs);
  await symlink(bin, join(programs, "kinko"));
  const env = {
    HOME: join(directory, "home"),
    PATH: `${programs}:${process.env["PATH"] ?? ""}`,
    LANG: "C.UTF-8",
  };
  const start = (
    command: string,
    argv: readonly string[],
    options: BinOptions = {},
  ): ChildProcess => spawn(command, argv, { cwd: directory, env: { ...env, ...options.env } });
  const exec: BinHarness["exec"] = (command, argv, options = {}) =>
    outcomeOf(start(command, argv, options), options.input);
  return {
    directory,
    env,
    start,
    exec,
    kinko: (argv, options) => exec(process.execPath, [bin, ...argv], options),
    async install(provider) {
      const scope = join(directory, "node_modules", "@kinko");
      await mkdir(scope, { recursive: true });
      await rm(join(scope, provider), { force: true });
      const source = fileURLToPath(new URL(`../../../${provider}`, import.meta.url));
      await symlink(source, join(scope, provider));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Waits for the end of a process, and collects what it wrote. */
export function outcomeOf(child: ChildProcess, input?: string | Uint8Array): Promise<BinResult> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
