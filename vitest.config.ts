import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * `@kinko/source` leads to a package's sources, so no test waits for a build. The others are what Node
 * itself goes by. vite's own default also takes `module`, the form that some packages keep for
 * bundlers, such as AWS's SDK, and that Node cannot load.
 */
const conditions = ["@kinko/source", "node", "development|production"];
const mainFields: string[] = [];

const integrationTests = "**/*.integration.test.ts";
const elsewhere = ["**/node_modules/**", "**/dist/**", "**/fixtures/**"];
const globalSetup = fileURLToPath(
  new URL("tools/servers/src/vitest/global-setup.ts", import.meta.url),
);

export default defineConfig({
  resolve: { conditions, mainFields },
  ssr: { resolve: { conditions, mainFields } },
  test: {
    // Node itself resolves what a test asks `createRequire().resolve` for.
    execArgv: ["--conditions=@kinko/source"],
    coverage: { include: ["packages/*/src/**/*.ts"] },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "{packages,tools,examples}/*/test/**/*.test.ts",
            "{bench,docs}/test/**/*.test.ts",
          ],
          exclude: [...elsewhere, integrationTests],
          // Enough for a busy machine: only a hang fails.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: [integrationTests],
          exclude: elsewhere,
          globalSetup: [globalSetup],
          // Real servers share the machine with the tests: generous, so that only a hang fails.
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
