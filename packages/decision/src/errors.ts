/** What a document that failed to parse was meant to be. */
export type ProfileErrorSubject = "profile" | "rules" | "recorded decision" | "answer";

/** One thing that is wrong with a document. */
export interface ProfileIssue {
  /** Where, as keys from the top, e.g. `["secretCount", "value"]`; empty for the whole document. */
  readonly path: readonly string[];
  /** What is wrong there, without quoting the value that was found. */
  readonly message: string;
  /** The nearest name that would have been accepted, when one is near. */
  readonly suggestion?: string;
}

function formatIssue(issue: ProfileIssue): string {
  const where = issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  const hint = issue.suggestion === undefined ? "" : ` (did you mean "${issue.suggestion}"?)`;
  return `${where}${issue.message}${hint}`;
}

/**
 * A profile, rules, a recorded decision or a typed answer is not what it should be.
 *
 * `code` is the stable word that callers branch on; it is one of Kinko's error codes, repeated here
 * so that this package depends on no other. Every issue found is listed, not the first alone.
 */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
  readonly code = "InvalidValue";
  readonly subject: ProfileErrorSubject;
  /** The last sentence of the message: what to do. */
  readonly advice: string;
  readonly issues: readonly ProfileIssue[];

  constructor(subject: ProfileErrorSubject, issues: readonly ProfileIssue[]) {
    const count = issues.length === 1 ? "1 problem" : `${issues.length} problems`;
    const list = issues.map(formatIssue).join("; ");
    const advice = "Correct what is listed and run the command again.";
    super(`The ${subject} has ${count}: ${list}. ${advice}`);
    this.advice = advice;
    this.subject = subject;
    this.issues = issues;
  }
}
