import {
  formatRef,
  parsePrefix,
  type Secret,
  type SecretError,
  type SecretPath,
  type SecretStore,
} from "@kinko/core";
import { copyOf } from "./copy-of.js";
import {
  createEnvironment,
  type EnvironmentOptions,
  type EnvironmentVariable,
  type SecretEnvironment,
} from "./environment.js";
import { isMissing } from "./read-all.js";
import { variableName } from "./variable-name.js";

/** Options of {@link environmentFromPrefix}. */
export interface PrefixOptions extends EnvironmentOptions {
  /**
   * What a JSON object becomes: `fields`, one variable per field (`prod/app/db` with `user` and
   * `password` gives `DB_USER` and `DB_PASSWORD`; deeper objects stay JSON text), or `whole`, one
   * variable with its JSON text. Default `fields`.
   */
  readonly json?: "fields" | "whole" | undefined;
}

/**
 * Variables from everything beneath a prefix: `prod/app/db-password` under `prod/app` becomes
 * `DB_PASSWORD`. A prefix with nothing beneath gives no variables. Deleted secrets are left out,
 * and so is a secret that is removed between listing and reading.
 *
 * @throws ConfigError with the reason `name-collision` naming both secrets, `refused-variable` or
 * `invalid-variable`.
 * @example
 * using environment = await environmentFromPrefix(store, "prod/app");
 * const env = childEnvironment(environment);
 */
export async function environmentFromPrefix(
  store: SecretStore,
  prefix: string | SecretPath,
  options: PrefixOptions = {},
): Promise<SecretEnvironment> {
  const { signal, timeoutMs } = options;
  const base = parsePrefix(prefix);
  const paths: SecretPath[] = [];
  for await (const item of store.list({ prefix: base, recursive: true, signal, timeoutMs })) {
    if (item.type === "secret" && item.deleted !== true) paths.push(item.path);
  }
  const graver: SecretError[] = [];
  const secrets = await store.getMany(
    paths.map((path) => ({ path })),
    {
      signal,
      timeoutMs,
      onError: (_ref, error) => {
        if (!isMissing(error)) graver.push(error);
      },
    },
  );
  try {
    if (graver[0] !== undefined) throw graver[0];
    const variables = paths.flatMap((path) => {
      const secret = secrets.get(formatRef({ path }));
      return secret === undefined
        ? []
        : variablesOf(path, path.slice(base.length), secret, options.json ?? "fields");
    });
    return createEnvironment(variables, options.allowNames);
  } finally {
    for (const secret of secrets.values()) secret.dispose();
  }
}

function variablesOf(
  path: SecretPath,
  relative: SecretPath,
  secret: Secret,
  json: "fields" | "whole",
): EnvironmentVariable[] {
  if (json === "fields" && secret.kind === "json" && isObjectText(secret)) {
    return secret.fieldNames().map((field) => ({
      name: variableName([...relative, field]),
      value: secret.field(field),
      source: formatRef({ path, field }),
    }));
  }
  return [{ name: variableName(relative), value: copyOf(secret), source: formatRef({ path }) }];
}

/** An array or a number has no fields, and an object without any becomes no variable at all. */
function isObjectText(secret: Secret): boolean {
  const bytes = secret.bytes();
  try {
    // Canonical JSON has no white space before its first character.
    return bytes[0] === "{".charCodeAt(0);
  } finally {
    bytes.fill(0);
  }
}
