import { invalidArgument } from "./failure.js";

/** What a filter looks at: the text of a field, several texts, or undefined where it is not set. */
export type FieldLookup = (field: string) => string | readonly string[] | undefined;

/** Whether a resource passes. */
export type Filter = (lookup: FieldLookup) => boolean;

const tokenPattern =
  /\s*(?:([()])|([\w.]+)\s*(<=|>=|!=|[:=<>])\s*(?:"((?:[^"\\]|\\.)*)"|([^\s()"]+))|(AND|OR|NOT)\b)/gy;

type Token =
  | { readonly type: "(" | ")" | "AND" | "OR" | "NOT" }
  | { readonly type: "term"; readonly test: Filter };

/**
 * The documented filters of ListSecrets and ListSecretVersions: terms of a field, an operator
 * (`:` has or contains, `=`, `!=`, `<`, `<=`, `>`, `>=`) and a text in which `*` stands for anything,
 * with AND, OR, NOT and parentheses. OR binds less than AND; terms side by side mean AND.
 *
 * @throws ServiceFault INVALID_ARGUMENT
 */
export function parseFilter(text: string): Filter {
  if (text.trim() === "") return () => true;
  const tokens = tokenize(text);
  let position = 0;
  const peek = (): Token["type"] | undefined => tokens[position]?.type;

  const either = (): Filter => {
    const options = [all()];
    while (peek() === "OR") {
      position += 1;
      options.push(all());
    }
    return (lookup) => options.some((option) => option(lookup));
  };
  const all = (): Filter => {
    const parts = [single()];
    for (let next = peek(); next !== undefined && next !== "OR" && next !== ")"; next = peek()) {
      if (next === "AND") position += 1;
      parts.push(single());
    }
    return (lookup) => parts.every((part) => part(lookup));
  };
  const single = (): Filter => {
    const token = tokens[position];
    position += 1;
    if (token?.type === "term") return token.test;
    if (token?.type === "NOT") {
      const inner = single();
      return (lookup) => !inner(lookup);
    }
    if (token?.type === "(") {
      const inner = either();
      if (peek() !== ")") throw invalidFilter();
      position += 1;
      return inner;
    }
    throw invalidFilter();
  };

  const filter = either();
  if (position !== tokens.length) throw invalidFilter();
  return filter;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    if (match === null) throw invalidFilter();
    const [, parenthesis, field, operator, quoted, plain, word] = match;
    if (parenthesis !== undefined) tokens.push({ type: parenthesis as "(" | ")" });
    else if (word !== undefined) tokens.push({ type: word as "AND" | "OR" | "NOT" });
    else {
      const value = quoted === undefined ? (plain ?? "") : quoted.replaceAll(/\\(.)/gu, "$1");
      tokens.push({ type: "term", test: term(field ?? "", operator ?? "", value) });
    }
  }
  return tokens;
}

function term(field: string, operator: string, value: string): Filter {
  const compare = comparison(operator, value);
  return (lookup) => {
    const found = lookup(field);
    if (found === undefined) return operator === "!=";
    return (typeof found === "string" ? [found] : found).some(compare);
  };
}

function comparison(operator: string, value: string): (found: string) => boolean {
  switch (operator) {
    case ":":
      return value === "*" ? () => true : (found) => wildcard(value, false).test(found);
    case "=":
      return (found) => wildcard(value, true).test(found);
    case "!=":
      return (found) => !wildcard(value, true).test(found);
    default:
      return (found) => ordered(operator, found, value);
  }
}

/** Times in ISO 8601 with the same precision compare like their texts; others by their time. */
function ordered(operator: string, found: string, value: string): boolean {
  const [left, right] = [Date.parse(found), Date.parse(value)];
  if (Number.isNaN(left) || Number.isNaN(right)) throw invalidFilter();
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

function wildcard(value: string, whole: boolean): RegExp {
  const pattern = value
    .split("*")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&"))
    .join(".*");
  return new RegExp(whole ? `^${pattern}$` : pattern, "su");
}

function invalidFilter(): Error {
  return invalidArgument("The filter is not valid.");
}
