import { exitCodes, type ExitName } from "./exit-codes.js";

/** What a failure of the command itself carries. Nothing here may hold a value. */
export interface CliErrorDetails {
  readonly reason: string;
  readonly advice: string;
  /** What programs may want to know beside it, such as a line; shown with `--json` and `--verbose`. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A failure that arises in the command and not in a store: a wrong command line, a file that cannot
 * be read, a question answered with no.
 */
export class CliError extends Error {
  readonly code: ExitName;
  readonly reason: string;
  readonly advice: string;
  readonly facts: NonNullable<CliErrorDetails["facts"]>;

  constructor(code: ExitName, what: string, details: CliErrorDetails) {
    super(what);
    this.name = `${code}Error`;
    this.code = code;
    this.reason = details.reason;
    this.advice = details.advice;
    this.facts = details.facts ?? {};
  }

  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/**
 * The program of `kinko run` did not start. Its exit code is the one that shells give then, which no
 * name in {@link exitCodes} has.
 */
export class NotStartedError extends Error {
  override readonly name = "NotStartedError";
  readonly exitCode: 126 | 127;
  readonly advice: string;

  constructor(exitCode: 126 | 127, what: string, advice: string) {
    super(what);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** A command line that is not valid. Words that may be a secret are never quoted in it. */
export function usageError(what: string, reason: string, advice: string): CliError {
  return new CliError("Usage", what, { reason, advice });
}

/** A file that was named on the command line failed; `error` is the one of `node:fs`. */
export function fileError(verb: "read" | "written", file: string, error: unknown): CliError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "an unknown error";
  return new CliError("File", `The file ${file} cannot be ${verb} (${code}).`, {
    reason: verb === "read" ? "unreadable-file" : "unwritable-file",
    advice: "Check that the path is right and that its permissions allow it.",
  });
}

/** Ctrl-C at a prompt. */
export function cancelledError(): CliError {
  return new CliError("Cancelled", "Cancelled; nothing was changed.", {
    reason: "cancelled",
    advice: "Run the command again when you are ready.",
  });
}

/** Thrown when nobody reads the output any more; it ends the command without a word. */
export class PipeClosedError extends Error {
  override readonly name = "PipeClosedError";
}
