import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";

const run = promisify(execFile);

/** A copy of an example in which its programs are run. */
export interface ExampleCopy {
  readonly folder: string;
  /**
   * Runs a file of the example's `src` as a process of its own, as a user would, and gives what it
   * printed. Of the environment it has PATH, its own home and `env`; it must say nothing on stderr.
   */
  start(file: string, env?: NodeJS.ProcessEnv): Promise<string>;
  remove(): void;
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
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
