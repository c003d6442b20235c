import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programPath } from "../../lib/program.mjs";
import { run } from "../../lib/run.mjs";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

interface Violation {
  readonly rule: string;
  readonly from: string;
}

interface CruiseResult {
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
    }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

/** A workspace in which every import is allowed. */
const soundFiles: Record<string, string> = {
  "packages/core/src/index.ts": 'export const core = "core";\nexport type Core = string;\n',
  "packages/provider-local/src/index.ts": 'export { core } from "@kinko/core";\n',
  "packages/provider-vault/src/index.ts":
    'import sdk from "node-vault";\nimport { core } from "@kinko/core";\nexport const vault = [sdk, core];\n',
  "packages/provider-acme/src/index.ts": 'export { acme } from "acme-sdk";\n',
  "packages/provider-acme/test/acme.test.ts":
    'import { memory } from "@kinko/testing";\nimport { servers } from "@kinko/servers";\nimport { acme } from "../src/index.js";\nexport const all = [memory, servers, acme];\n',
  "packages/postgres/src/index.ts": 'export { core as pool } from "@kinko/core";\n',
  "packages/postgres/test/rotation.test.ts":
    'import { vault } from "@kinko/provider-vault";\nimport { memory } from "@kinko/testing";\nexport const all = [vault, memory];\n',
  "packages/delivery/src/index.ts": 'export { core as delivery } from "@kinko/core";\n',
  "packages/decision/src/index.ts": 'export type { Core as Decision } from "@kinko/core";\n',
  "packages/testing/src/index.ts": 'export { core as memory } from "@kinko/core";\n',
  "packages/cli/src/index.ts":
    'import { delivery } from "@kinko/delivery";\nexport const cli = [delivery, () => import("@kinko/provider-local")];\n',
  "tools/servers/src/index.ts": "export const servers = 1;\n",
};

/** One file per rule, each breaking that rule. */
const violations: Record<string, { readonly file: string; readonly text: string }> = {
  "no-circular": {
    // dependency-cruiser reports a cycle once, at the first of its modules by name.
    file: "packages/core/src/ring-a.ts",
    text: 'import { ringB } from "./ring-b.js";\nexport const ringA = [ringB];\n',
  },
  "no-unresolvable": {
    file: "packages/delivery/src/deep.ts",
    text: 'export { core } from "@kinko/core/src/index.js";\n',
  },
  "no-path-into-another-package": {
    file: "packages/delivery/src/by-path.ts",
    text: 'export { core } from "../../core/src/index.js";\n',
  },
  "no-dist": {
    file: "packages/delivery/test/built.ts",
    text: 'export { built } from "../dist/index.js";\n',
  },
  "src-not-to-test": {
    file: "packages/delivery/src/uses-test.ts",
    text: 'export { helper } from "../test/helper.js";\n',
  },
  "core-stands-alone": {
    file: "packages/core/src/upwards.ts",
    text: 'export { memory } from "@kinko/testing";\n',
  },
  "provider-not-to-provider": {
    file: "packages/provider-acme/src/sibling.ts",
    text: 'export { vault } from "@kinko/provider-vault";\n',
  },
  "library-only-to-core": {
    file: "packages/provider-acme/src/sideways.ts",
    text: 'export { delivery } from "@kinko/delivery";\n',
  },
  "inversify-testing-only-to-memory": {
    file: "packages/inversify/src/testing/index.ts",
    text: 'export { memory } from "@kinko/testing";\n',
  },
  "decision-only-types-of-core": {
    file: "packages/decision/src/values.ts",
    text: 'export { core } from "@kinko/core";\n',
  },
  "cli-loads-providers-lazily": {
    file: "packages/cli/src/eager.ts",
    text: 'import { core } from "@kinko/provider-local";\nexport const eager = core;\n',
  },
  "cli-not-to-test-helpers": {
    file: "packages/cli/src/helpers.ts",
    text: 'export { memory } from "@kinko/testing";\n',
  },
  "tests-only-to-core-and-helpers": {
    file: "packages/delivery/test/wide.ts",
    text: 'export { cli } from "@kinko/cli";\n',
  },
  "postgres-tests-only-with-vault": {
    file: "packages/postgres/test/wide.ts",
    text: 'export { core } from "@kinko/provider-local";\n',
  },
  "sdk-only-in-provider-vault": {
    file: "packages/core/src/vault-sdk.ts",
    text: 'export { default } from "node-vault";\n',
  },
  "sdk-only-in-provider-aws": {
    file: "packages/delivery/src/aws-sdk.ts",
    text: 'export type { Client } from "@aws-sdk/client-secrets-manager";\n',
  },
  "sdk-only-in-provider-azure": {
    file: "packages/provider-acme/src/azure-sdk.ts",
    text: 'export * from "@azure/identity";\n',
  },
  "sdk-only-in-provider-gcp": {
    file: "packages/cli/src/gcp-sdk.ts",
    text: 'export const gcp = () => import("@google-cloud/secret-manager");\n',
  },
  // Not listed in the configuration: the rule comes from the new provider's own manifest.
  "sdk-only-in-provider-acme": {
    file: "packages/core/src/acme-sdk.ts",
    text: 'export { acme } from "acme-sdk";\n',
  },
};

/** What the violating files need in order to break no rule but their own. */
const companions: Record<string, string> = {
  "packages/core/src/ring-b.ts":
    'import { ringA } from "./ring-a.js";\nexport const ringB = () => ringA;\n',
  "packages/delivery/dist/index.js": "export const built = 1;\n",
  "packages/delivery/test/helper.ts": "export const helper = 1;\n",
};

const thirdParty = [
  "node-vault",
  "acme-sdk",
  "@aws-sdk/client-secrets-manager",
  "@azure/identity",
  "@google-cloud/secret-manager",
];

const folders: string[] = [];

describe("dependency rules", () => {
  let result: CruiseResult;
  let found: Violation[];

  beforeAll(async () => {
    const broken = Object.values(violations).map(({ file, text }) => [file, text] as const);
    result = await cruise({ ...soundFiles, ...companions, ...Object.fromEntries(broken) });
    found = result.summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  }, 60_000);

  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(violations))(
    "%s is reported for a file that breaks it",
    (rule, { file }) => {
      expect(found).toContainEqual({ rule, from: file });
    },
  );

  it("every rule of the configuration has a file here that breaks it", () => {
    const names = result.summary.ruleSetUsed.forbidden.map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(violations).toSorted());
  });

  it("reports nothing in a workspace that keeps the directions", async () => {
    const sound = await cruise(soundFiles);
    expect(sound.summary.violations).toEqual([]);
  }, 60_000);
});

/** Writes the files as a workspace with installed packages and runs the real configuration on it. */
async function cruise(files: Record<string, string>): Promise<CruiseResult> {
  const folder = mkdtempSync(join(tmpdir(), "kinko-dependency-rules-"));
  folders.push(folder);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  for (const [path, text] of Object.entries(files)) write(path, text);
  write("tsconfig.base.json", JSON.stringify({ compilerOptions: { module: "NodeNext" } }));
  for (const name of thirdParty) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" }));
    write(`node_modules/${name}/index.js`, "");
  }
  mkdirSync(join(folder, "node_modules", "@kinko"), { recursive: true });
  const packages = new Set(Object.keys(files).map((path) => path.split("/").slice(0, 2).join("/")));
  for (const path of packages) {
    const name = path.split("/")[1] ?? "";
    const dependencies = name === "provider-acme" ? { "acme-sdk": "1.0.0" } : {};
    const exports = { ".": { "@kinko/source": "./src/index.ts" } };
    write(
      `${path}/package.json`,
      JSON.stringify({ name: `@kinko/${name}`, exports, dependencies }),
    );
    symlinkSync(join(folder, path), join(folder, "node_modules", "@kinko", name));
  }

  const config = join(repository, ".dependency-cruiser.cjs");
  const { stdout, stderr } = await run(
    process.execPath,
    [
      programPath("dependency-cruiser", "depcruise"),
      "packages",
      "tools",
      "--config",
      config,
      "--output-type",
      "json",
    ],
    { cwd: folder },
  );
  if (stdout === "") throw new Error(`dependency-cruiser printed nothing: ${stderr}`);
  return JSON.parse(stdout) as CruiseResult;
}
