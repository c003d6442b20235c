import { ConfigError, type SecretStore } from "@kinko/core";
import type { SecretEnvironment } from "@kinko/delivery";
import type { CommandContext, OptionSpec } from "../command.js";
import { usageError } from "../errors.js";
import { readDocument } from "../files/read-document.js";
import type { ParsedInput } from "./parse-arguments.js";
import { readFileBytes } from "./read-bytes.js";

/** Options that say which secrets become which variables. */
export const sourceOptions: readonly OptionSpec[] = [
  {
    name: "prefix",
    short: "p",
    value: "PREFIX",
    repeatable: true,
    description: "everything beneath: db/password becomes DB_PASSWORD",
    completes: "folder",
  },
  {
    name: "manifest",
    value: "FILE",
    repeatable: true,
    description: "YAML or JSON that maps variables to refs",
    completes: "file",
  },
  {
    name: "env-file",
    // Node itself acts on every --env-file of its command line, also behind the script's name:
    // https://github.com/nodejs/node/issues/54232. It does not know the short form.
    short: "e",
    value: "FILE",
    repeatable: true,
    description: "env file with kinko://path#field in its values",
    completes: "file",
  },
  { name: "whole-json", description: "a JSON secret is one variable, not one per field" },
  {
    name: "allow-name",
    value: "NAME",
    repeatable: true,
    description: "allow a variable that can make programs run code, such as PATH",
  },
];

/**
 * Reads the secrets that a command line asks for. The caller disposes of them.
 * @throws CliError when it names no source
 */
export async function readEnvironment(
  context: CommandContext,
  input: ParsedInput,
  options: { readonly required?: boolean } = {},
): Promise<SecretEnvironment> {
  const delivery = await import("@kinko/delivery");
  const allowNames = input.list("allow-name");
  const sources = [
    ...input.list("prefix").map((prefix) => async (store: SecretStore) => {
      const json = input.flag("whole-json") ? "whole" : "fields";
      const environment = await delivery.environmentFromPrefix(store, prefix, { allowNames, json });
      if (environment.variables.length === 0) {
        context.output.warn(`There are no secrets beneath ${prefix}.`);
      }
      return environment;
    }),
    ...input.list("manifest").map((file) => async (store: SecretStore) => {
      const manifest = checkManifest(await readDocument(context.io, file), file);
      return delivery.environmentFromManifest(store, manifest, { allowNames });
    }),
    ...input.list("env-file").map((file) => async (store: SecretStore) => {
      const text = (await readFileBytes(context.io, file)).toString("utf8");
      return delivery.environmentFromEnvFile(store, text, { allowNames, label: file });
    }),
  ];
  if (sources.length === 0 && options.required !== false) {
    throw usageError(
      "No secrets are named.",
      "missing-source",
      "Add --prefix, --manifest or --env-file.",
    );
  }
  const store = await context.openStore();
  const environments: SecretEnvironment[] = [];
  try {
    for (const read of sources) environments.push(await read(store));
    return delivery.mergeEnvironments(environments);
  } catch (error) {
    for (const environment of environments) environment.dispose();
    throw error;
  }
}

/** Whether the command line names secrets for variables. */
export function hasSources(input: ParsedInput): boolean {
  return ["prefix", "manifest", "env-file"].some((name) => input.flag(name));
}

/** What the variables of a command line come from. */
export async function sourcesOf(
  { io }: CommandContext,
  input: ParsedInput,
): Promise<{ readonly refs: readonly string[]; readonly prefixes: readonly string[] }> {
  const { refsInEnvFile } = await import("@kinko/delivery");
  const refs: string[] = [];
  for (const file of input.list("manifest")) {
    refs.push(...Object.values(checkManifest(await readDocument(io, file), file)));
  }
  for (const file of input.list("env-file")) {
    refs.push(...refsInEnvFile((await readFileBytes(io, file)).toString("utf8"), file));
  }
  return { refs, prefixes: input.list("prefix") };
}

function checkManifest(content: unknown, file: string): Record<string, string> {
  const entries =
    typeof content === "object" && content !== null && !Array.isArray(content)
      ? Object.entries(content)
      : undefined;
  if (entries?.every((entry): entry is [string, string] => typeof entry[1] === "string") === true) {
    return Object.fromEntries(entries);
  }
  throw new ConfigError(`${file} is not a map of variables to references.`, {
    operation: "read",
    reason: "invalid-manifest",
    advice: "Write lines such as DATABASE_PASSWORD: prod/app/db#password, in quotes.",
  });
}
