import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "../../lib/program.mjs";
import { run } from "../../lib/run.mjs";
import { binTargets, importNames } from "./pack.mjs";

/** @typedef {import("./pack.mjs").Packed} Packed */

/**
 * Installs all tarballs into an empty project with npm, as a user would, third-party packages from
 * the registry.
 *
 * @param {Packed[]} packed
 * @param {string} folder becomes the project
 * @param {Record<string, string>} extra further packages that the project itself needs
 * @throws {Error} with npm's report
 */
export async function installWithNpm(packed, folder, extra) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "consumer",
      private: true,
      type: "module",
      dependencies: {
        ...extra,
        ...Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`])),
      },
    }),
  );
  const installed = await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: folder,
    env: cleanEnvironment(),
  });
  if (installed.exitCode !== 0) {
    throw new Error(`npm cannot install the packed packages together:\n${installed.stderr}`);
  }
}

/**
 * Loads every export of a package by `import` and by `require`, and checks that both give the same
 * names.
 *
 * @param {Packed} packed
 * @param {string} folder the project
 * @param {string} node executable
 * @returns {Promise<string[]>} problems
 */
export async function loadExports({ name, manifest }, folder, node) {
  const problems = [];
  for (const specifier of importNames(manifest)) {
    const quoted = JSON.stringify(specifier);
    const print = "console.log(JSON.stringify(Object.keys(loaded).sort()))";
    const imported = await runScript(
      node,
      folder,
      "import.mjs",
      `const loaded = await import(${quoted});\n${print};\n`,
    );
    const required = await runScript(
      node,
      folder,
      "require.cjs",
      `const loaded = require(${quoted});\n${print};\n`,
    );
    for (const [way, result] of /** @type {const} */ ([
      ["import", imported],
      ["require", required],
    ])) {
      if (result.exitCode === 0) continue;
      problems.push(`${name}: ${way} of ${specifier} fails: ${firstError(result.stderr)}`);
    }
    if (imported.exitCode === 0 && required.exitCode === 0) {
      // require() of a module adds __esModule where a default export asks for it.
      if (imported.stdout !== required.stdout) {
        problems.push(
          `${name}: ${specifier} gives ${imported.stdout.trim()} by import but ${required.stdout.trim()} by require.`,
        );
      }
      if (imported.stdout.trim() === "[]") {
        problems.push(
          `${name}: ${specifier} exports nothing. Export something or drop it from "exports".`,
        );
      }
    }
  }
  return problems;
}

/**
 * @param {Packed} packed
 * @param {string} folder the project
 * @param {string} node executable
 * @returns {Promise<string[]>} problems
 */
export async function runCommands({ name, manifest }, folder, node) {
  const problems = [];
  for (const target of binTargets(manifest)) {
    const script = join(folder, "node_modules", name, target);
    const { exitCode, stdout, stderr } = await run(node, [script, "--version"], {
      cwd: folder,
      env: cleanEnvironment(),
    });
    if (exitCode !== 0 || !stdout.includes(manifest.version)) {
      problems.push(
        `${name}: ${target} --version ended with ${exitCode} and printed "${stdout.trim()}" instead of ` +
          `${manifest.version}. ${firstError(stderr)}`,
      );
    }
  }
  return problems;
}

/**
 * Type-checks a module that imports every export of every package, as a user with strict settings
 * and without skipLibCheck would. Declarations of third parties are not ours to judge.
 *
 * @param {Packed[]} packed
 * @param {string} folder the project
 * @returns {Promise<string[]>} problems
 */
export async function checkTypes(packed, folder) {
  const names = packed.flatMap(({ manifest }) => importNames(manifest));
  const lines = names.map(
    (name, index) => `export * as module${index} from ${JSON.stringify(name)};`,
  );
  writeFileSync(join(folder, "consumer.ts"), `${lines.join("\n")}\n`);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2022",
        lib: ["ES2023", "ESNext.Disposable"],
        types: ["node"],
        module: "NodeNext",
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
      },
      files: ["consumer.ts"],
    }),
  );
  const { exitCode, stdout } = await run(
    process.execPath,
    [programPath("typescript", "tsc"), "--project", "tsconfig.json", "--pretty", "false"],
    { cwd: folder },
  );
  if (exitCode === 0) return [];
  const ours = stdout
    .split("\n")
    .filter(
      (line) => /^(consumer\.ts|node_modules\/@kinko\/)/.test(line) || line.startsWith("error TS"),
    );
  return ours.map((line) => `types: ${line}`);
}

/**
 * @param {string} node
 * @param {string} folder
 * @param {string} file
 * @param {string} text
 */
async function runScript(node, folder, file, text) {
  writeFileSync(join(folder, file), text);
  return run(node, [file], { cwd: folder, env: cleanEnvironment() });
}

/** What pnpm and a test runner leave in the environment must not reach the consumer. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NODE_|VITEST|KINKO_|npm_package_|npm_lifecycle_)/.test(name),
    ),
  );
}

/** @param {string} stderr */
function firstError(stderr) {
  const line = stderr.split("\n").find((each) => /^\S*(Error|error)\b/.test(each));
  return line ?? stderr.trim().split("\n")[0] ?? "";
}
