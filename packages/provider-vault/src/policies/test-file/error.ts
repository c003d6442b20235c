import { InvalidValueError } from "@kinko/core";
import { excerptOf } from "../errors.js";
import type { PolicyPosition } from "../model.js";

/** A file of policy tests, or of an identity, that cannot be used as it is. It holds no secrets, so this shows the line. */
export class PolicyTestFileError extends InvalidValueError {
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1. */
  readonly column: number;
  /** The line (or 120 characters of it) and below it a caret at the column. */
  readonly excerpt: string;

  /** @param field such as `tests[0].allowed[1].path`; empty for the whole file */
  constructor(
    problem: string,
    advice: string,
    place: { readonly source: string; readonly field: string; readonly position: PolicyPosition },
  ) {
    const { source, field, position } = place;
    const what = field === "" ? "" : ` (${field})`;
    super(`Line ${position.line}, column ${position.column} of the file${what}: ${problem}`, {
      reason: "policy-test-file",
      advice,
      ...(field === "" ? {} : { field }),
    });
    this.line = position.line;
    this.column = position.column;
    this.excerpt = excerptOf(source, position);
  }
}
