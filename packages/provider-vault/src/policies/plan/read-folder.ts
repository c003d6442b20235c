import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { invalidPolicy, type PolicySyntaxError } from "../errors.js";
import type { PolicyDocument } from "../model.js";
import { tryParsePolicy } from "../read/parse-policy.js";

/** A file with a policy. */
export interface PolicyFile {
  /** The file's name without its ending. */
  readonly name: string;
  /** As it was asked for, below the folder. */
  readonly file: string;
  /** As it stands there; Vault gets it as it is. */
  readonly policy: string;
  readonly document: PolicyDocument;
}

/** A file that is no policy. */
export interface PolicyFileProblem {
  readonly file: string;
  readonly error: PolicySyntaxError;
}

/** What a folder has. */
export interface PolicyFolder {
  /** Sorted by name. */
  readonly policies: readonly PolicyFile[];
  /** Empty for a folder of good policies; otherwise they are not the whole of it. */
  readonly problems: readonly PolicyFileProblem[];
}

/** Endings of files with policies. */
const endings: ReadonlySet<string> = new Set([".hcl", ".json"]);

/**
 * The policies of a folder, one for each `*.hcl` and `*.json` in it; folders within and hidden files are
 * left out.
 *
 * @throws InvalidValueError (`duplicate-policy`, `invalid-policy-name`, `no-policies`), and what `node:fs` throws
 * @example
 * const { policies, problems } = await readPolicyFolder("policies");
 */
export async function readPolicyFolder(folder: string): Promise<PolicyFolder> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => endings.has(extname(name)))
    .toSorted();
  if (files.length === 0)
    throw invalidPolicy(
      "The folder has no policies.",
      "no-policies",
      "Put files such as app.hcl or app.json there, or name another folder.",
    );
  const names = files.map((file) => policyNameOf(file));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw invalidPolicy(
      "Two files of the folder are one policy.",
      "duplicate-policy",
      `Keep one of ${twice}.hcl and ${twice}.json.`,
    );
  return readPolicyFiles(files.map((file) => join(folder, file)));
}

/** The policies of files; see {@link readPolicyFolder}. */
export async function readPolicyFiles(files: readonly string[]): Promise<PolicyFolder> {
  const policies: PolicyFile[] = [];
  const problems: PolicyFileProblem[] = [];
  for (const file of files) {
    const name = policyNameOf(file);
    const policy = await readFile(file, "utf8");
    const parsed = tryParsePolicy(policy);
    if ("error" in parsed) problems.push({ file, error: parsed.error });
    else policies.push({ name, file, policy, document: parsed.policy });
  }
  return { policies, problems };
}

/** The name of a file's policy. @throws InvalidValueError for a name that Vault would change */
function policyNameOf(file: string): string {
  const name = file.replace(/^.*[/\\]/u, "").replace(/\.[^.]*$/u, "");
  if (/^[\p{Ll}\p{Lo}\p{N}_][\p{Ll}\p{Lo}\p{N}_.-]*$/u.test(name)) return name;
  throw invalidPolicy(
    "A file's name is none that a policy can have.",
    "invalid-policy-name",
    "Use lower-case letters, digits, dots, dashes and underscores, such as app.hcl.",
  );
}
