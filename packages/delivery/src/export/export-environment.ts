import { ConfigError, InvalidValueError } from "@kinko/core";
import type { EnvironmentVariable, SecretEnvironment } from "../environment/environment.js";
import { environmentText, exactText } from "../environment/value-text.js";
import { quoteDotenv, quoteHcl, quoteJson, quoteShell } from "./encode.js";
import { exportKubernetes } from "./kubernetes.js";

/** Formats that {@link exportEnvironment} writes. */
export const exportFormats = [
  "dotenv",
  "shell",
  "json",
  "yaml",
  "docker",
  "kubernetes",
  "tfvars",
] as const;

/** One of {@link exportFormats}. */
export type ExportFormat = (typeof exportFormats)[number];

/** Options of {@link exportEnvironment}. */
export interface ExportOptions {
  /** Of the Kubernetes Secret; required for that format, ignored by the others. */
  readonly name?: string | undefined;
  /** Of the Kubernetes Secret. Default: none, so that kubectl chooses. */
  readonly namespace?: string | undefined;
}

/**
 * The text of a file with these variables, sorted by name and ending with a line end. Every value
 * reads back exactly; one that the format cannot carry fails before anything is returned.
 *
 * - `dotenv`: for the dotenv family; values that their grammar cannot write are refused.
 * - `shell`: `export NAME='value'` for any POSIX shell.
 * - `json`, `yaml`: one object of strings.
 * - `docker`: for `docker run --env-file`, which knows no quotes: line ends are refused.
 * - `kubernetes`: a Secret manifest; the one format that carries binary values.
 * - `tfvars`: Terraform variable definitions; text that is not in NFC is refused.
 *
 * The text is secret: write it to files of mode 0600.
 *
 * @throws InvalidValueError with the reason `not-representable`, `nul-in-value` or `binary-value`;
 * ConfigError with the reason `kubernetes-name`.
 * @example
 * using environment = await environmentFromPrefix(store, "prod/app");
 * process.stdout.write(exportEnvironment("dotenv", environment));
 */
export function exportEnvironment(
  format: ExportFormat,
  environment: SecretEnvironment,
  options: ExportOptions = {},
): string {
  const { variables } = environment;
  switch (format) {
    case "dotenv":
      return lines(variables, (variable) => `${variable.name}=${dotenvValue(variable)}`);
    case "shell":
      return lines(
        variables,
        (variable) => `export ${variable.name}=${quoteShell(environmentText(variable))}`,
      );
    case "json":
      return jsonObject(variables);
    case "yaml":
      // JSON strings are YAML, and need no rules about what a plain word could be taken for.
      return variables.length === 0
        ? "{}\n"
        : lines(variables, (variable) => `"${variable.name}": ${quoteJson(exactText(variable))}`);
    case "docker":
      return lines(variables, (variable) => `${variable.name}=${dockerValue(variable)}`);
    case "kubernetes":
      return exportKubernetes(variables, options);
    case "tfvars":
      return lines(variables, (variable) => `${variable.name} = ${tfvarsValue(variable)}`);
    default:
      throw new ConfigError(`There is no export format "${String(format)}".`, {
        reason: "unknown-format",
        advice: `Choose one of ${exportFormats.join(", ")}.`,
      });
  }
}

function lines(
  variables: readonly EnvironmentVariable[],
  write: (variable: EnvironmentVariable) => string,
): string {
  return variables.map((variable) => `${write(variable)}\n`).join("");
}

function jsonObject(variables: readonly EnvironmentVariable[]): string {
  if (variables.length === 0) return "{}\n";
  const members = variables.map(
    (variable) => `  "${variable.name}": ${quoteJson(exactText(variable))}`,
  );
  return `{\n${members.join(",\n")}\n}\n`;
}

function dotenvValue(variable: EnvironmentVariable): string {
  const value = quoteDotenv(environmentText(variable));
  if (value === undefined) {
    throw notRepresentable(
      variable,
      "mixes quotes, backslashes or carriage returns as dotenv cannot",
    );
  }
  return value;
}

function dockerValue(variable: EnvironmentVariable): string {
  const text = environmentText(variable);
  if (/[\r\n]/u.test(text)) {
    throw notRepresentable(variable, "has a line end, which an env file of Docker cannot carry");
  }
  return text;
}

function tfvarsValue(variable: EnvironmentVariable): string {
  const value = quoteHcl(exactText(variable));
  if (value === undefined) {
    throw notRepresentable(variable, "has decomposed Unicode, which Terraform would compose");
  }
  return value;
}

function notRepresentable(variable: EnvironmentVariable, problem: string): InvalidValueError {
  return new InvalidValueError(`${variable.name} (${variable.source}) ${problem}.`, {
    reason: "not-representable",
    advice: "Export it as shell or json, or leave it out.",
  });
}
