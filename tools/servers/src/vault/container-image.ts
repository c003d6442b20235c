import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { runTool } from "../process/run-tool.js";
import type { Progress } from "../progress.js";

export interface ImageOptions {
  readonly version: string;
  readonly cacheFolder: string;
  readonly progress: Progress;
  readonly environment: NodeJS.ProcessEnv;
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform;
}

/** The program that was taken out of the image before, or undefined. */
export function cachedImageProgram(version: string, cacheFolder: string): string | undefined {
  const path = imageProgram(version, cacheFolder);
  return existsSync(path) ? path : undefined;
}

/**
 * Takes the program out of HashiCorp's container image, so that it is then started, sealed and killed
 * like one from anywhere else: the image's program is linked statically, and runs without the image.
 *
 * Returns undefined where no container engine answers, or the image is not to be had.
 */
export async function programFromImage(options: ImageOptions): Promise<string | undefined> {
  // The image holds a Linux program.
  if ((options.platform ?? process.platform) !== "linux") return undefined;
  const target = imageProgram(options.version, options.cacheFolder);
  for (const engine of ["docker", "podman"]) {
    const answers = await runTool(engine, ["info"], {
      environment: options.environment,
      timeoutMs: 5000,
    });
    if (answers.ok && (await extract(engine, target, options))) return target;
  }
  return undefined;
}

async function extract(engine: string, target: string, options: ImageOptions): Promise<boolean> {
  const { environment, progress, version } = options;
  const image = `docker.io/hashicorp/vault:${version}`;
  progress(`vault: taking the program out of ${image} with ${engine}`);
  const created = await runTool(engine, ["create", image], { environment, timeoutMs: 120_000 });
  const container = created.stdout.trim().split("\n").at(-1) ?? "";
  if (!created.ok || container === "") return false;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const partial = `${target}.${process.pid}.partial`;
  try {
    const copied = await runTool(engine, ["cp", `${container}:/bin/vault`, partial], {
      environment,
      timeoutMs: 120_000,
    });
    if (copied.ok) renameSync(partial, target);
    return copied.ok;
  } finally {
    rmSync(partial, { force: true });
    await runTool(engine, ["rm", container], { environment, timeoutMs: 30_000 });
  }
}

function imageProgram(version: string, cacheFolder: string): string {
  return join(cacheFolder, `vault-image-${version}`, "vault");
}
