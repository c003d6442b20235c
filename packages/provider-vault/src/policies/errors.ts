import { InvalidValueError } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import type { PolicyPosition } from "./model.js";

/** Longest part of a line that an excerpt shows. */
const maxExcerptLength = 120;

/** A policy's text that Vault would not take. Policies hold no secrets, so it shows the line. */
export class PolicySyntaxError extends InvalidValueError {
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1, in code points. */
  readonly column: number;
  /** The line (or 120 characters of it) and below it a caret at the column. */
  readonly excerpt: string;

  constructor(problem: string, source: string, position: PolicyPosition, advice?: string) {
    super(`Line ${position.line}, column ${position.column} of the policy: ${problem}`, {
      reason: "policy-syntax",
      advice: advice ?? "Vault would refuse this text; correct it there.",
    });
    this.line = position.line;
    this.column = position.column;
    this.excerpt = excerptOf(source, position);
  }
}

/** A model that no policy can be made of. `field` names the rule's path. */
export function invalidPolicy(what: string, reason: string, advice: string, path?: string) {
  return vaultError("InvalidValue", what, { reason, advice, field: path });
}

/** A line (or 120 characters of it) and below it a caret. */
export function excerptOf(source: string, { line, column }: PolicyPosition): string {
  const text = Array.from(source.split("\n")[line - 1] ?? "", (character) =>
    /\p{C}/u.test(character) ? " " : character,
  );
  const start = Math.max(
    0,
    Math.min(column - maxExcerptLength / 2, text.length - maxExcerptLength),
  );
  const shown = text.slice(start, start + maxExcerptLength).join("");
  return `${shown}\n${" ".repeat(Math.max(0, column - 1 - start))}^`;
}
