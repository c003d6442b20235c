import { vaultError } from "../../errors/vault-error.js";

/** Longest name that a preset takes, in UTF-16 code units. */
const maxNameLength = 128;

/** Letters and digits of any script; within a name also what is plain text to HCL, paths and globs. */
const name = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.@-]*[\p{L}\p{M}\p{N}_])?$/u;

/** A template's parts are separated by dots, so a name inside one has none. */
const templateName = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}_])?$/u;

/**
 * Checks a single name: nothing in it can close a string, begin a rule, be a glob, a template, a
 * separator, or another spelling of a name that looks the same.
 *
 * @returns the name
 * @throws InvalidValueError with the reason `invalid-name` and the parameter in `field`
 */
export function checkName(value: string, field: string): string {
  return checkAgainst(name, value, field, "letters, digits, _, and . @ - between them");
}

/** As {@link checkName}, for a name that stands in a template, where a dot would part it. */
export function checkTemplateName(value: string, field: string): string {
  return checkAgainst(templateName, value, field, "letters, digits, _, and - between them");
}

/**
 * Checks names that are joined by slashes, such as a mount or a folder.
 * @throws InvalidValueError as {@link checkName}
 */
export function checkNames(value: string, field: string): string {
  if (typeof value !== "string") throw invalidName(field, "names joined by single slashes");
  for (const segment of value.split("/")) checkName(segment, field);
  return value;
}

function checkAgainst(pattern: RegExp, value: unknown, field: string, allowed: string): string {
  if (
    typeof value !== "string" ||
    value.length > maxNameLength ||
    !pattern.test(value) ||
    value.includes("..") ||
    value.normalize("NFC") !== value
  )
    throw invalidName(field, allowed);
  return value;
}

/** The name itself is not repeated: it may hold anything. */
function invalidName(field: string, allowed: string): Error {
  return vaultError("InvalidValue", `A preset cannot take this ${field}.`, {
    reason: "invalid-name",
    field,
    advice: `Use at most ${maxNameLength} characters: ${allowed}.`,
  });
}
