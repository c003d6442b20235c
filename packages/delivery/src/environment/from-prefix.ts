import {
  formatRef,
  isAbsence,
  parsePrefix,
  type Secret,
  type SecretError,
  type SecretPath,
  type SecretStore,
} from "@kinko/core";
import {
  createEnvironment,
  type EnvironmentOptions,
  type EnvironmentVariable,
  type SecretEnvironment,
} from "./environment.js";
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
        if (!isAbsence(error)) graver.push(error);
      },
    },
  );
  try {
    if (graver[0] !== undefined) throw graver[0];
    return createEnvironment(
      variablesOf(paths, base.length, secrets, options.json ?? "fields"),
      options.allowNames,
    );
  } finally {
    for (const secret of secrets.values()) secret.dispose();
  }
}

function* variablesOf(
  paths: readonly SecretPath[],
  prefixLength: number,
  secrets: ReadonlyMap<string, Secret>,
  json: "fields" | "whole",
): Generator<EnvironmentVariable> {
  for (const path of paths) {
    const secret = secrets.get(formatRef({ path }));
    if (secret === undefined) continue;
    const relative = path.slice(prefixLength);
    if (json === "fields" && isJsonObject(secret)) {
      for (const field of secret.fieldNames()) {
        const source = formatRef({ path, field });
        yield {
          name: variableName([...relative, field], source),
          value: secret.field(field),
          source,
        };
      }
    } else {
      const source = formatRef({ path });
      yield { name: variableName(relative, source), value: secret.copy(), source };
    }
  }
}

/** An array or a number has no fields, and an object without any becomes no variable at all. */
function isJsonObject(secret: Secret): boolean {
  if (secret.kind !== "json") return false;
  const bytes = secret.bytes();
  try {
    // Canonical JSON has no white space before its first character.
    return bytes[0] === "{".charCodeAt(0);
  } finally {
    bytes.fill(0);
  }
}
