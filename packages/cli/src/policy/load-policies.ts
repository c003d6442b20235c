import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import type { NamedPolicy, PolicyFolder } from "@kinko/provider-vault/policies";
import type { ArgumentSpec, CommandContext, OptionSpec } from "../command.js";
import { fileError, usageError } from "../errors.js";
import type { CliIo } from "../io.js";
import { printable } from "../output/output.js";
import { policyFileError } from "./errors.js";
import { isPolicyModule, loadPolicyModule } from "./policy-module.js";

/** Policies that a command is about. */
export const policiesArgument: ArgumentSpec = {
  name: "PATH",
  description: "a file of HCL, JSON or TypeScript, or a folder of *.hcl and *.json",
  variadic: true,
  completes: "file",
};

/** The policies of a token. */
export const policyOption: OptionSpec = {
  name: "policy",
  short: "p",
  value: "PATH",
  repeatable: true,
  description: "a policy of the token: a file, or a folder of them",
  completes: "file",
};

/** A policy from a file. */
export interface LoadedPolicy extends NamedPolicy {
  readonly file: string;
  /** As it stands in the file; what a TypeScript file exports is written as HCL. */
  readonly text: string;
}

/** The code of policies, loaded when a command needs it. */
export function loadPolicyCode() {
  return import("@kinko/provider-vault/policies");
}

/**
 * The policies of files and folders.
 * @throws CliError for a file that is none, with line, column and a caret
 */
export async function loadPolicies(
  context: Pick<CommandContext, "io">,
  paths: readonly string[],
): Promise<LoadedPolicy[]> {
  const loaded: LoadedPolicy[] = [];
  const problems: PolicyFolder["problems"][number][] = [];
  for (const path of paths) {
    const found = await loadPath(context.io, path);
    loaded.push(...found.policies);
    problems.push(...found.problems);
  }
  if (problems.length > 0) throw policyFileError(problems);
  const names = loaded.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return loaded;
  throw usageError(
    `Two files are the policy ${printable(twice)}.`,
    "duplicate-policy",
    "A policy is named by its file: rename one, or leave it out.",
  );
}

/** What one path has; problems are those of files that are no policies. */
export async function loadPath(
  io: CliIo,
  path: string,
): Promise<{
  readonly policies: readonly LoadedPolicy[];
  readonly problems: PolicyFolder["problems"];
}> {
  const code = await loadPolicyCode();
  const target = resolve(io.cwd, path);
  const stats = await stat(target).catch((error: unknown) => {
    throw fileError("read", path, error);
  });
  if (isPolicyModule(path) && !stats.isDirectory()) {
    const policy = await loadPolicyModule(io, path);
    const name = basename(path).slice(0, -extname(path).length);
    return {
      policies: [{ name, policy, file: path, text: code.printPolicy(policy) }],
      problems: [],
    };
  }
  const shown = (file: string): string =>
    stats.isDirectory() ? `${path.replace(/\/+$/u, "")}/${basename(file)}` : path;
  const reading = stats.isDirectory()
    ? code.readPolicyFolder(target)
    : code.readPolicyFiles([target]);
  const { policies, problems } = await reading.catch((error: unknown) => {
    throw isNodeError(error) ? fileError("read", path, error) : error;
  });
  return {
    policies: policies.map(({ name, document, file, policy }) => ({
      name,
      policy: document,
      file: shown(file),
      text: policy,
    })),
    problems: problems.map(({ file, error }) => ({ file: shown(file), error })),
  };
}

function isNodeError(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}
