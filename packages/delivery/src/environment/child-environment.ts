import { ConfigError } from "@kinko/core";
import type { EnvironmentVariable, SecretEnvironment } from "./environment.js";
import { environmentText } from "./value-text.js";

/** What a child process gets beside its secrets. */
export interface ChildEnvironmentOptions {
  /** The environment to start from. Default: `process.env`. */
  readonly parent?: Readonly<Record<string, string | undefined>> | undefined;
  /** True: the child gets secrets and nothing from the parent. Default false. */
  readonly pristine?: boolean | undefined;
  /**
   * Variables of the parent that win over a secret of the same name: all of them (`true`), or those
   * named. Default: secrets win.
   */
  readonly preserveEnv?: boolean | readonly string[] | undefined;
  /** Only these secrets are set; the others are left out. Default: all. */
  readonly onlySecrets?: readonly string[] | undefined;
  /**
   * True: it is an error when there is no secret at all, or when a secret and the parent's
   * environment both have a variable that `preserveEnv` does not settle. Default false.
   */
  readonly strict?: boolean | undefined;
  /**
   * Further variables that are taken from the parent's environment, such as the names that hold
   * the store's own credentials. See {@link isOwnCredential} for what always is.
   */
  readonly stripNames?: readonly string[] | undefined;
}

/** Whether a variable holds what opens the store itself; the child does not get it. */
export function isOwnCredential(name: string): boolean {
  const upper = name.toUpperCase();
  return upper.startsWith("KINKO_") || upper === "VAULT_TOKEN";
}

/**
 * The environment of a child process: the parent's without Kinko's own credentials (`KINKO_*`,
 * `VAULT_TOKEN` and `stripNames`), and the secrets.
 *
 * @throws ConfigError with the reason `unknown-variable`, `no-secrets` or `variable-exists`, each
 * naming all variables concerned; InvalidValueError for binary secrets and values with a NUL.
 */
export function childEnvironment(
  secrets: SecretEnvironment,
  options: ChildEnvironmentOptions = {},
): Record<string, string> {
  const chosen = choose(secrets.variables, options.onlySecrets);
  const child = inherited(options);
  if (options.strict === true) refuseDoubts(chosen, child, options);
  for (const variable of chosen) {
    const kept = child[variable.name] !== undefined && isPreserved(variable.name, options);
    if (!kept) child[variable.name] = environmentText(variable);
  }
  return child;
}

function inherited(options: ChildEnvironmentOptions): Record<string, string> {
  // Without a prototype: `__proto__` is a valid name of a variable.
  const child = Object.create(null) as Record<string, string>;
  if (options.pristine === true) return child;
  const stripped = new Set(options.stripNames);
  for (const [name, value] of Object.entries(options.parent ?? process.env)) {
    if (value === undefined || isOwnCredential(name) || stripped.has(name)) continue;
    child[name] = value;
  }
  return child;
}

function choose(
  variables: readonly EnvironmentVariable[],
  onlySecrets: readonly string[] | undefined,
): readonly EnvironmentVariable[] {
  if (onlySecrets === undefined) return variables;
  const known = new Set(variables.map(({ name }) => name));
  const unknown = onlySecrets.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new ConfigError(`There is no secret for ${unknown.join(", ")}.`, {
      reason: "unknown-variable",
      advice: "Correct the names of the variables that are wanted, or write these secrets.",
    });
  }
  const wanted = new Set(onlySecrets);
  return variables.filter(({ name }) => wanted.has(name));
}

function isPreserved(name: string, { preserveEnv }: ChildEnvironmentOptions): boolean {
  return typeof preserveEnv === "object" ? preserveEnv.includes(name) : preserveEnv === true;
}

function refuseDoubts(
  variables: readonly EnvironmentVariable[],
  inheritedEnv: Readonly<Record<string, string>>,
  options: ChildEnvironmentOptions,
): void {
  if (variables.length === 0) {
    throw new ConfigError("There is no secret to set.", {
      reason: "no-secrets",
      advice: "Check the prefix or the list of names, or leave out strict.",
    });
  }
  const both = variables
    .filter(({ name }) => inheritedEnv[name] !== undefined && !isPreserved(name, options))
    .map(({ name }) => name);
  if (both.length === 0) return;
  throw new ConfigError(`The environment already has ${both.join(", ")}.`, {
    reason: "variable-exists",
    advice: "Unset them, or say with preserveEnv which of them are to stay.",
  });
}
