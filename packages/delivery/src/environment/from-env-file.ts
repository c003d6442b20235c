import {
  ConfigError,
  InternalError,
  Secret,
  formatRef,
  parseRef,
  type SecretRef,
  type SecretStore,
} from "@kinko/core";
import {
  createEnvironment,
  type EnvironmentOptions,
  type EnvironmentVariable,
  type SecretEnvironment,
} from "./environment.js";
import { parseEnvFile, type EnvFileEntry } from "./parse-env-file.js";
import { readAll } from "./read-all.js";
import { checkTargetName } from "./refused-names.js";
import { exactText } from "./value-text.js";

/** Options of {@link environmentFromEnvFile}. */
export interface EnvFileOptions extends EnvironmentOptions {
  /** How messages call the file. Default: `the env file`. */
  readonly label?: string | undefined;
}

const scheme = "kinko://";

/**
 * Variables from the text of an env file whose values hold references: a value that is one
 * (`PASSWORD=kinko://prod/app/db#password`), or text with references in braces
 * (`URL="postgres://app:${kinko://prod/app/db#password}@db/app"`). Other values are taken as they
 * are. What a secret holds is not searched for references again.
 *
 * @throws ConfigError with the reason `invalid-env-file` naming the line; InvalidRefError;
 * NotFoundError with the reason `missing-secrets` naming everything that is missing at once.
 */
export async function environmentFromEnvFile(
  store: SecretStore,
  text: string,
  options: EnvFileOptions = {},
): Promise<SecretEnvironment> {
  const label = options.label ?? "the env file";
  const entries: ParsedEntry[] = parseEnvFile(text, label).map((entry) => ({
    ...entry,
    parts: splitReferences(entry, label),
    source: `line ${entry.line} of ${label}`,
  }));
  for (const { name, source } of entries) checkTargetName(name, source, options.allowNames ?? []);
  const wanted = entries.flatMap(({ name, parts }) =>
    parts.flatMap((part) => (typeof part === "string" ? [] : [{ name, ref: part }])),
  );
  const secrets = await readAll(store, wanted, options);
  try {
    return createEnvironment(variablesOf(entries, secrets), options.allowNames);
  } finally {
    for (const secret of secrets.values()) secret.dispose();
  }
}

/**
 * The references in an env file, each once, in text form.
 * @throws ConfigError with the reason `invalid-env-file` naming the line; InvalidRefError
 */
export function refsInEnvFile(text: string, label = "the env file"): readonly string[] {
  const entries = parseEnvFile(text, label).flatMap((entry) => splitReferences(entry, label));
  const refs = entries.flatMap((part) => (typeof part === "string" ? [] : [formatRef(part)]));
  return [...new Set(refs)];
}

type Part = string | SecretRef;

interface ParsedEntry extends EnvFileEntry {
  readonly parts: readonly Part[];
  readonly source: string;
}

function splitReferences(entry: EnvFileEntry, label: string): Part[] {
  const { value } = entry;
  if (value.startsWith(scheme)) return [parseRef(value.slice(scheme.length))];
  const parts: Part[] = [];
  let end = 0;
  for (const match of value.matchAll(/\$\{kinko:\/\/([^}]*)\}/gu)) {
    parts.push(value.slice(end, match.index), parseRef(match[1] ?? ""));
    end = match.index + match[0].length;
  }
  parts.push(value.slice(end));
  if (parts.some((part) => typeof part === "string" && part.includes(scheme))) {
    throw new ConfigError(
      `Line ${entry.line} of ${label} has a reference inside ${entry.name} whose end is not clear.`,
      { reason: "invalid-env-file", advice: "Write a reference inside a text as ${kinko://…}." },
    );
  }
  return parts.filter((part) => part !== "");
}

function* variablesOf(
  entries: readonly ParsedEntry[],
  secrets: ReadonlyMap<string, Secret>,
): Generator<EnvironmentVariable> {
  for (const entry of entries) {
    yield { name: entry.name, value: valueOf(entry, secrets), source: entry.source };
  }
}

function valueOf(entry: ParsedEntry, secrets: ReadonlyMap<string, Secret>): Secret {
  const secretOf = (ref: SecretRef): Secret => {
    const secret = secrets.get(formatRef(ref));
    if (secret === undefined) throw new InternalError("A reference was read but is not there.");
    return secret;
  };
  const [only] = entry.parts;
  // Keeps its kind, so that a binary secret is refused where it is used.
  if (entry.parts.length === 1 && typeof only === "object") return secretOf(only).copy();
  const texts = entry.parts.map((part) =>
    typeof part === "string" ? part : exactText({ ...entry, value: secretOf(part) }),
  );
  return Secret.text(texts.join(""));
}
