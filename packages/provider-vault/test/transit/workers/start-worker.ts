import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The worker as one file that Node runs as it is. */
export interface TransitWorker {
  /** Starts it. `onReport` gets each line that it writes, and may kill it. */
  run(
    argv: readonly string[],
    onReport?: (report: Readonly<Record<string, unknown>>, child: ChildProcess) => void,
  ): Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly reports: readonly Readonly<Record<string, unknown>>[];
    readonly stderr: string;
  }>;
  remove(): Promise<void>;
}

/** Node 20 runs no TypeScript, and a test must not depend on somebody having built before. */
export async function bundleTransitWorker(
  env: Readonly<Record<string, string>>,
): Promise<TransitWorker> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-transit-worker-"));
  const build = await rolldown({
    input: fileURLToPath(new URL("transit-worker.ts", import.meta.url)),
    platform: "node",
    transform: { target: "node20.19" },
    resolve: {
      conditionNames: ["@kinko/source", "node", "import", "default"],
      extensionAlias: { ".js": [".ts", ".js"] },
    },
  });
  await build.write({ dir: folder, format: "esm", entryFileNames: "worker.mjs" });
  await build.close();
  const file = join(folder, "worker.mjs");
  return {
    remove: () => rm(folder, { recursive: true, force: true }),
    run: (argv, onReport) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [file, ...argv], {
          env: { ...process.env, ...env },
          stdio: ["ignore", "pipe", "pipe"],
        });
        const reports: Readonly<Record<string, unknown>>[] = [];
        let stderr = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        createInterface({ input: child.stdout }).on("line", (line) => {
          const report = JSON.parse(line) as Readonly<Record<string, unknown>>;
          reports.push(report);
          onReport?.(report, child);
        });
        child.once("error", reject);
        child.once("close", (code, signal) => resolve({ code, signal, reports, stderr }));
      }),
  };
}
