import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { PolicyTestFile } from "@kinko/provider-vault/policies";
import { CliError, fileError } from "../errors.js";
import { readFileBytes } from "../input/read-bytes.js";
import type { CliIo } from "../io.js";
import { policyFileError } from "./errors.js";
import { loadPath, loadPolicies, loadPolicyCode, type LoadedPolicy } from "./load-policies.js";

const ending = /\.policy-test\.(?:ya?ml|json)$/u;

/** The test files that are named, and those of folders that are. @throws CliError */
export async function findTestFiles(io: CliIo, paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const target = resolve(io.cwd, path);
    const isFolder = await stat(target).then(
      (stats) => stats.isDirectory(),
      (error: unknown) => {
        throw fileError("read", path, error);
      },
    );
    if (!isFolder) {
      files.push(path);
      continue;
    }
    const found = (await readdir(target)).filter((name) => ending.test(name)).toSorted();
    if (found.length === 0)
      throw new CliError("NotFound", `The folder ${path} has no policy tests.`, {
        reason: "no-policy-tests",
        advice: "Name a file, or put NAME.policy-test.yaml there.",
      });
    files.push(...found.map((name) => join(path, name)));
  }
  return files;
}

/** A test file and the policies that its tests name. */
export interface LoadedTests {
  readonly file: PolicyTestFile;
  readonly policies: readonly LoadedPolicy[];
}

/**
 * Reads a test file, and the policies that it names: those it lists, and files of that name beside it.
 * @throws CliError with line, column and a caret
 */
export async function loadTests(io: CliIo, path: string): Promise<LoadedTests> {
  const { parsePolicyTests, PolicyTestFileError } = await loadPolicyCode();
  const text = (await readFileBytes(io, path)).toString("utf8");
  const file = await parsePolicyTests(text).catch((error: unknown) => {
    throw error instanceof PolicyTestFileError ? policyFileError([{ file: path, error }]) : error;
  });
  const folder = dirname(path);
  const listed = await Promise.all(
    Array.from(file.policyFiles, async ([name, listedFile]) => {
      const [policy] = await loadPolicies({ io }, [join(folder, listedFile)]);
      return policy === undefined ? [] : [{ ...policy, name }];
    }),
  );
  const beside = await besideOf(io, folder, file);
  return { file, policies: [...listed.flat(), ...beside] };
}

/** Policies that are not listed: app is app.hcl, app.json or app.ts in the folder of the tests. */
async function besideOf(
  io: CliIo,
  folder: string,
  { tests, policyFiles }: PolicyTestFile,
): Promise<LoadedPolicy[]> {
  const names = new Set(tests.flatMap((test) => test.policies.map(({ name }) => name)));
  const wanted = Array.from(names).filter((name) => !policyFiles.has(name));
  if (wanted.length === 0) return [];
  const entries = new Set(await readdir(resolve(io.cwd, folder)));
  const files = wanted.flatMap((name) =>
    [".hcl", ".json", ".ts", ".mts", ".js", ".mjs"]
      .map((end) => `${name}${end}`)
      .filter((entry) => entries.has(entry)),
  );
  const loaded = await Promise.all(files.map((name) => loadPath(io, join(folder, basename(name)))));
  const problems = loaded.flatMap((one) => one.problems);
  if (problems.length > 0) throw policyFileError(problems);
  return loaded.flatMap((one) => one.policies);
}
