import { isSecretError } from "@kinko/core";

/** One thing that doctor looked at. */
export interface Finding {
  /** What was looked at, such as `config` or `vault: health`. */
  readonly check: string;
  /** `problem` makes the command fail, `warning` does not. */
  readonly status: "ok" | "warning" | "problem";
  readonly message: string;
  /** What to do, when it is not ok. */
  readonly fix?: string | undefined;
  readonly reason?: string | undefined;
}

/** The finding of an error; unknown errors are told by their kind only. */
export function findingOf(check: string, error: unknown): Finding {
  if (!isSecretError(error)) {
    const kind = error instanceof Error ? error.name : "an error";
    return {
      check,
      status: "problem",
      message: `This failed in an unknown way (${kind}).`,
      fix: "Run the command that fails with --verbose.",
      reason: "unexpected",
    };
  }
  const { advice, message, code, reason } = error;
  const what =
    advice !== undefined && message.endsWith(` ${advice}`)
      ? message.slice(0, -advice.length - 1)
      : message;
  return { check, status: "problem", message: what, fix: advice, reason: reason ?? code };
}
