import { vaultError } from "../errors/vault-error.js";
import { scanTemplate, type TemplateMarker } from "./sql-template.js";

/** Which statements of a role, as the option is called. */
export type StatementKind =
  | "creationStatements"
  | "revocationStatements"
  | "renewStatements"
  | "rollbackStatements"
  | "rotationStatements"
  | "rootRotationStatements";

/** Markers that Vault fills in; all others would stay in the statement as they are. */
const knownMarkers: Readonly<Record<StatementKind, readonly string[]>> = {
  creationStatements: ["name", "username", "password", "expiration"],
  revocationStatements: ["name", "username"],
  renewStatements: ["name", "username", "password", "expiration"],
  rollbackStatements: ["name", "username"],
  rotationStatements: ["name", "username", "password"],
  rootRotationStatements: ["name", "username", "password"],
};

const maxStatementLength = 64 * 1024;

/**
 * Checks templates of SQL: what Vault fills in can then only be the name or the text that it is
 * meant to be.
 * @throws InvalidValueError with the statement and position in `field`, before any request
 */
export function checkStatements(
  kind: StatementKind,
  statements: readonly string[] | undefined,
  required: readonly ("name" | "password" | "expiration")[] = [],
): void {
  if (statements === undefined) return;
  if (!Array.isArray(statements)) throw problem(kind, undefined, undefined, "not-statements");
  const seen = new Set<string>();
  for (const [index, statement] of (statements as readonly unknown[]).entries()) {
    if (typeof statement !== "string" || statement.trim() === "") {
      throw problem(kind, index, undefined, "empty-statement");
    }
    if (statement.length > maxStatementLength || statement.includes("\0")) {
      throw problem(kind, index, undefined, "bad-statement");
    }
    // Vault takes a statement that is base64 for the encoded form of another one.
    if (/^[A-Za-z0-9+/]+={0,2}$/u.test(statement) && statement.length % 4 === 0) {
      throw problem(kind, index, undefined, "base64-statement");
    }
    const { markers, openAt } = scanTemplate(statement);
    for (const marker of markers) {
      checkMarker(kind, index, statement, marker);
      seen.add(marker.name === "username" ? "name" : marker.name);
    }
    if (openAt !== undefined) throw problem(kind, index, openAt, "quote-not-closed");
  }
  for (const name of required) {
    if (!seen.has(name)) throw problem(kind, undefined, undefined, `no-${name}`);
  }
}

function checkMarker(
  kind: StatementKind,
  index: number,
  statement: string,
  { name, place, position }: TemplateMarker,
): void {
  if (!knownMarkers[kind].includes(name)) throw problem(kind, index, position, "unknown-marker");
  if (place === "comment") throw problem(kind, index, position, "marker-in-comment");
  const before = statement[position - 2];
  const after = statement[position + statement.slice(position).indexOf("}}") + 2];
  const quoted = before === after ? before : undefined;
  const isName = name === "name" || name === "username";
  // A text that is run later may hold the quoted identifier: EXECUTE 'DROP ROLE "{{name}}"'.
  if (isName && place !== "code" && (quoted === '"' || quoted === "'")) return;
  if (!isName && place === "literal" && quoted === "'") return;
  throw problem(kind, index, position, isName ? "name-not-quoted" : `${name}-not-quoted`);
}

const words: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  "not-statements": [
    "Statements are a list of texts.",
    "Give each statement as a text of its own.",
  ],
  "empty-statement": ["A statement is empty.", "Leave it out."],
  "bad-statement": [
    "A statement is too long, or has a NUL in it.",
    "Keep it below 64 KiB of text.",
  ],
  "base64-statement": [
    "Vault would take this statement for base64, and run something else.",
    "Write it as SQL, with its spaces.",
  ],
  "quote-not-closed": ["A quote or comment in a statement is never closed.", "Close it."],
  "unknown-marker": [
    "A statement has a marker that Vault does not fill in there.",
    "Use {{name}}, and where a password is set {{password}} and {{expiration}}.",
  ],
  "marker-in-comment": ["A marker stands in a comment.", "Take it out of the comment."],
  "name-not-quoted": [
    "The name in a statement is not quoted, so a part of it could be read as SQL.",
    "Write \"{{name}}\" where an identifier stands, and '{{name}}' where a text does.",
  ],
  "password-not-quoted": ["The password in a statement is not quoted.", "Write '{{password}}'."],
  "expiration-not-quoted": [
    "The expiration in a statement is not quoted.",
    "Write '{{expiration}}'.",
  ],
  "no-name": ["No statement uses the name that Vault makes.", 'Use "{{name}}".'],
  "no-password": ["No statement uses the password that Vault makes.", "Use '{{password}}'."],
  "no-expiration": [
    "No statement uses the expiration, so an account would outlive a Vault that cannot end it.",
    "Use VALID UNTIL '{{expiration}}', or set requireExpiration to false.",
  ],
};

function problem(
  kind: StatementKind,
  index: number | undefined,
  position: number | undefined,
  reason: string,
): Error {
  const [what, advice] = words[reason] ?? words["bad-statement"] ?? ["", ""];
  const statement = index === undefined ? "" : ` It is statement ${index + 1} of ${kind}`;
  const place = position === undefined ? "" : `, character ${position}`;
  return vaultError("InvalidValue", index === undefined ? what : `${what}${statement}${place}.`, {
    reason,
    field: index === undefined ? kind : `${kind}[${index}]`,
    advice,
  });
}
