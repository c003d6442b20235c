import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { identifyProcess } from "../../watchdog/identity.mjs";
import { ServerUnavailableError } from "../errors.js";
import { RunFolder } from "../process/run-folder.js";
import type { Progress } from "../progress.js";
import { elapsedSeconds } from "../progress.js";
import { goEnvironment } from "./toolchain.js";

export interface CompileOptions {
  readonly name: string;
  readonly moduleFolder: string;
  /** Absolute path of the executable to write. */
  readonly output: string;
  readonly progress: Progress;
  readonly environment: NodeJS.ProcessEnv;
}

const reportEveryMs = 10_000;

/**
 * Compiles a Go module's program in two steps that can be counted: `go list -deps` fetches the
 * modules and says how many packages there are, `go build -v` names each package as it is compiled.
 * Packages that Go's own build cache has are not named, so the count is an upper bound.
 *
 * @throws ServerUnavailableError with the last lines of Go's own message
 */
export async function compileGoProgram(options: CompileOptions): Promise<void> {
  const { name, output, progress } = options;
  const startedAtMs = performance.now();
  const folder = new RunFolder(`${name}-build`);
  let phase = "downloading modules";
  const report = (): void => progress(`${name}: ${phase}, ${elapsedSeconds(startedAtMs)} s`);
  const timer = setInterval(report, reportEveryMs);
  try {
    progress(`${name}: building with Go, once for this user`);
    let modules = 0;
    const packages = await runGo(
      folder,
      options,
      ["list", "-deps", "-f", "{{.ImportPath}}", "."],
      (line) => {
        if (line.startsWith("go: downloading ")) modules += 1;
        phase = `downloading modules, ${modules} so far`;
      },
    );
    let compiled = 0;
    phase = `compiling ${packages.length} packages`;
    report();
    // -s -w leaves out the symbol table and debug data, which nobody reads here and double the size.
    await runGo(folder, options, ["build", "-v", "-ldflags=-s -w", "-o", output, "."], (line) => {
      if (line.startsWith("go: ")) return;
      compiled += 1;
      phase = `compiling, ${compiled} of at most ${packages.length} packages`;
    });
    phase = "built";
    report();
  } finally {
    clearInterval(timer);
    folder.remove();
  }
}

/**
 * Runs `go` in the module's folder and answers the lines of its standard output. It is on record like
 * a server, and so ends when this process does: a forgotten build would keep a machine busy for long.
 */
function runGo(
  folder: RunFolder,
  options: CompileOptions,
  args: readonly string[],
  onErrorLine: (line: string) => void,
): Promise<readonly string[]> {
  const { name, moduleFolder, environment } = options;
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      cwd: moduleFolder,
      env: { ...goEnvironment(environment), GOTMPDIR: folder.path },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { pid } = child;
    const identity = pid === undefined ? undefined : identifyProcess(pid);
    if (identity !== undefined) folder.addProcess({ ...identity, stopSignal: "SIGTERM" });
    const lines: string[] = [];
    const errors: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    createInterface({ input: child.stderr }).on("line", (line) => {
      errors.push(line);
      onErrorLine(line);
    });
    const fail = (reason: string): void => {
      const tail = errors.slice(-20).join("\n");
      reject(
        new ServerUnavailableError(
          `${name} could not be built: go ${args[0] ?? ""} ${reason}. ` +
            `Check that the Go module proxy can be reached and that 8 GB of disk and 5 GB of memory are free. The end of its output:\n${tail}`,
        ),
      );
    };
    child.once("error", (error) =>
      fail(`did not run (${"code" in error ? String(error.code) : "unknown"})`),
    );
    child.once("close", (code, signal) => {
      if (pid !== undefined) folder.removeProcess(pid);
      if (code === 0) resolve(lines);
      else fail(signal === null ? `exited with ${code}` : `was ended by ${signal}`);
    });
  });
}
