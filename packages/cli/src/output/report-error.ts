import { isSecretError, type SecretError } from "@kinko/core";
import type { ProfileError, ProfileErrorSubject } from "@kinko/decision";
import { CliError, NotStartedError } from "../errors.js";
import { exitCodes, type ExitName } from "../exit-codes.js";
import type { CliIo } from "../io.js";
import { writeQuietly } from "./output.js";
import type { Style } from "./style.js";

/** How an error is to be told. */
export interface ReportOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly style: Style;
}

interface Told {
  readonly code: ExitName | "CommandNotFound" | "CommandNotExecutable";
  readonly exitCode: number;
  readonly what: string;
  readonly advice: string;
  readonly reason: string | undefined;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** Writes an error to stderr and returns its exit code. */
export function reportError(error: unknown, io: CliIo, options: ReportOptions): number {
  const told = tell(error);
  const { exitCode } = told;
  const stack = options.verbose ? frames(error) : undefined;
  const { style } = options;
  const text = options.json
    ? `${JSON.stringify({
        error: {
          code: told.code,
          reason: told.reason ?? null,
          message: told.what,
          advice: told.advice,
          exitCode,
          ...told.facts,
          ...(stack === undefined ? {} : { stack }),
        },
      })}\n`
    : [
        `${style.red("error:")} ${told.what}`,
        `${style.cyan("next:")} ${told.advice}`,
        style.dim(`code: ${told.code}${told.reason === undefined ? "" : ` (${told.reason})`}`),
        ...Object.entries(told.facts)
          .filter(([name]) => name === "ref" || (options.verbose && name !== "retryable"))
          .map(([name, value]) => style.dim(`${name}: ${String(value)}`)),
        ...(stack === undefined ? [] : [style.dim(stack.join("\n"))]),
      ].join("\n") + "\n";
  writeQuietly(io.stderr, text);
  return exitCode;
}

function tell(error: unknown): Told {
  if (error instanceof CliError) {
    const { code, message, advice, reason, facts } = error;
    return { ...coded(code), what: message, advice, reason, facts };
  }
  if (error instanceof NotStartedError) {
    const { exitCode, message, advice } = error;
    const [code, reason] =
      exitCode === 127
        ? (["CommandNotFound", "command-not-found"] as const)
        : (["CommandNotExecutable", "command-not-executable"] as const);
    return { code, exitCode, what: message, advice, reason, facts: {} };
  }
  if (isSecretError(error)) return tellSecretError(error);
  if (isProfileError(error)) {
    const [reason, advice] = profileAdvice[error.subject];
    const what = withoutAdvice(error);
    return { ...coded("InvalidValue"), what, advice, reason, facts: {} };
  }
  // The message of an unknown error may quote anything that it was given, so it is not repeated.
  const name = error instanceof Error ? error.name : typeof error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return {
    ...coded("Internal"),
    what: `The command failed in a way that it does not know (${typeof code === "string" ? code : name}).`,
    advice: "Run it again with --verbose, and report where it arose.",
    reason: "unexpected",
    facts: {},
  };
}

function coded(code: ExitName): Pick<Told, "code" | "exitCode"> {
  return { code, exitCode: exitCodes[code] };
}

function tellSecretError(error: SecretError): Told {
  const { provider, operation, ref, requestId, retryAfterMs, retryable } = error;
  const facts = { provider, operation, ref, requestId, retryAfterMs, retryable };
  return {
    // A store loaded from another version of core may know codes that this one does not.
    ...coded(Object.hasOwn(exitCodes, error.code) ? error.code : "Internal"),
    what: withoutAdvice(error),
    advice: adviceOf(error),
    reason: error.reason,
    facts: Object.fromEntries(
      Object.entries(facts).filter(([, value]) => value !== undefined),
    ) as Record<string, string | number | boolean>,
  };
}

/**
 * Advice of libraries speaks to programs; here somebody sits at a command line. By reason, or by
 * operation and reason.
 */
const commandAdvice: Readonly<Record<string, string>> = {
  "context-required": "Add --context TEXT with what the data belongs to.",
  "deletion-not-allowed":
    "If all that it has encrypted may be lost, allow it with kinko transit key config KEY --deletion-allowed yes.",
  "input-too-large": "Give --in FILE and --out FILE: files of any size are encrypted here.",
  "key-not-found": "kinko transit key list shows the names; check --mount too.",
  "key-version-order":
    "Raise --min-decryption-version and --min-encryption-version with kinko transit key config before.",
  "key-version-too-old":
    "Lower --min-decryption-version with kinko transit key config, rewrap, and raise it again.",
  "cas-required": "Add --if-version ID with the version that you saw, or --if-absent.",
  "delete unexpected-field": "Leave out the #field; kinko edit removes a single field.",
  "kubernetes-name": "Use --name and --namespace, such as --name my-app-secrets.",
  "no-patch": "Write the whole secret; this store cannot change one field of it safely.",
  "no-secrets": "Check the prefix or the list of names, or leave out --strict.",
  "refused-variable": "Rename the secret, or allow this variable with --allow-name NAME.",
  "put unexpected-version": "Leave out the @version; set --if-version ID requires one.",
  "variable-exists": "Unset them, or keep them with --preserve NAME or --preserve-env.",
};

function adviceOf({ code, operation, reason, advice }: SecretError): string {
  if (code === "Timeout")
    return "Check that the store is reachable, or allow more with --timeout MS.";
  const known = [`${operation ?? ""} ${reason ?? ""}`, reason ?? ""].find((key) =>
    Object.hasOwn(commandAdvice, key),
  );
  return (
    (known === undefined ? advice : commandAdvice[known]) ??
    "Run it again with --verbose to see where it arose."
  );
}

/** The message of a library's error, of which the advice is told on a line of its own. */
function withoutAdvice({ message, advice }: SecretError | ProfileError): string {
  return advice !== undefined && message.endsWith(` ${advice}`)
    ? message.slice(0, -advice.length - 1)
    : message;
}

/** Reason and advice of what `kinko decide` cannot read. */
const profileAdvice: Readonly<Record<ProfileErrorSubject, readonly [string, string]>> = {
  answer: ["invalid-answer", "Correct the answer; unknown leaves it open."],
  profile: ["invalid-profile", "Correct what is named here in the profile."],
  "recorded decision": [
    "invalid-record",
    "Give --check a record that kinko decide --json or --md has written.",
  ],
  rules: ["invalid-rules", "Correct what is named here in the rules."],
};

/** The decision module has errors of its own, as it depends on no other package. */
function isProfileError(error: unknown): error is ProfileError {
  return error instanceof Error && error.name === "ProfileError";
}

/** Places in the code, without the message above them. */
function frames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return stack.split("\n").filter((line) => /^\s+at\s/u.test(line));
}
