import type { PolicyPosition } from "../model.js";

/** What a token is; the marks stand for themselves. */
export type TokenKind =
  | "end"
  | "identifier"
  | "string"
  | "heredoc"
  | "number"
  | "float"
  | "boolean"
  | "null"
  | "comment"
  | "other"
  | "{"
  | "}"
  | "["
  | "]"
  | ","
  | "="
  | ":";

export interface Token {
  readonly kind: TokenKind;
  /** As written, with quotes. */
  readonly text: string;
  readonly position: PolicyPosition;
  /** Which language's rules of escaping hold. */
  readonly json: boolean;
}

/** `key "label" { … }`, `key = value`. */
export interface Item {
  readonly keys: readonly Token[];
  readonly value: Value;
  /** Comments before and in it. */
  readonly comments: readonly string[];
}

export interface ObjectNode {
  readonly kind: "object";
  readonly items: readonly Item[];
  readonly position: PolicyPosition;
}

export interface ListNode {
  readonly kind: "list";
  readonly elements: readonly Value[];
  readonly position: PolicyPosition;
}

export interface LiteralNode {
  readonly kind: "literal";
  readonly token: Token;
  readonly position: PolicyPosition;
}

export type Value = ObjectNode | ListNode | LiteralNode;

/** A parsed text: its items and the comments after the last one. */
export interface SyntaxTree {
  readonly items: readonly Item[];
  readonly comments: readonly string[];
}
