import type * as v from "valibot";
import { type ProfileErrorSubject, type ProfileIssue, ProfileError } from "../errors.js";
import { nearestName } from "./nearest.js";

/** Control characters in a key would garble a terminal; keys are quoted in messages, so cut them. */
const printable = (key: string): string => key.replaceAll(/\p{Cc}/gu, "�").slice(0, 100);

function pathOf(issue: v.BaseIssue<unknown>): string[] {
  return (issue.path ?? []).map((item) => printable(String(item.key)));
}

/** What a picklist accepts; an issue tells it only as the text `("a" | "b")`. */
function choicesOf(issue: v.BaseIssue<unknown>): string[] {
  return [...(issue.expected ?? "").matchAll(/"([^"]*)"/g)].map(([, choice = ""]) => choice);
}

function toProfileIssue(
  issue: v.BaseIssue<unknown>,
  namesAt: (path: readonly string[]) => readonly string[],
): ProfileIssue {
  const path = pathOf(issue);
  const isUnknownKey = issue.type === "strict_object" && issue.expected === "never";
  if (isUnknownKey) {
    const key = path.at(-1) ?? "";
    const names = namesAt(path.slice(0, -1));
    const suggestion = nearestName(key, names);
    const message = `unknown key; known keys are ${names.join(", ")}`;
    return suggestion === undefined
      ? { path, message }
      : { path, message: "unknown key", suggestion };
  }
  if (issue.type === "strict_object" && issue.input === undefined && path.length > 0) {
    return { path, message: "is missing" };
  }
  if (issue.type === "picklist" && typeof issue.input === "string") {
    const suggestion = nearestName(issue.input, choicesOf(issue));
    return suggestion === undefined
      ? { path, message: issue.message }
      : { path, message: issue.message, suggestion };
  }
  return { path, message: issue.message };
}

/**
 * Turns valibot's issues into this package's error.
 *
 * @param namesAt the keys that are known at a path, for "did you mean"
 */
export function profileErrorFrom(
  subject: ProfileErrorSubject,
  issues: readonly v.BaseIssue<unknown>[],
  namesAt: (path: readonly string[]) => readonly string[],
): ProfileError {
  return new ProfileError(
    subject,
    issues.map((issue) => toProfileIssue(issue, namesAt)),
  );
}
