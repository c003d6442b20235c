import type { PolicySyntaxError, PolicyTestFileError } from "@kinko/provider-vault/policies";
import { CliError } from "../errors.js";
import { printable } from "../output/output.js";

type PlacedError = PolicySyntaxError | PolicyTestFileError;

/** Files that cannot be read as what they are, each with line, column and a caret. */
export function policyFileError(
  problems: readonly { readonly file: string; readonly error: PlacedError }[],
): CliError {
  const [first] = problems;
  const lines = problems.map(({ file, error }) => problemText(file, error));
  return new CliError("InvalidValue", lines.join("\n"), {
    reason: first?.error.reason ?? "policy-syntax",
    advice: first?.error.advice ?? "Correct the files there.",
    facts:
      first === undefined
        ? {}
        : { file: first.file, line: first.error.line, column: first.error.column },
  });
}

/** Where, what, and the line with a caret below it. */
export function problemText(file: string, error: PlacedError): string {
  return `${printable(file)}:${error.line}:${error.column}: ${problemOf(error)}\n${error.excerpt}`;
}

/** What is wrong, without the place that is shown beside it, and without the advice. */
export function problemOf({ message, advice = "" }: PlacedError): string {
  const what = message.endsWith(` ${advice}`) ? message.slice(0, -advice.length - 1) : message;
  return what.replace(
    /^Line \d+, column \d+ of the (?:policy|file)(?: \(([^)]*)\))?: /u,
    (_all, field: string | undefined) => (field === undefined ? "" : `${field}: `),
  );
}
