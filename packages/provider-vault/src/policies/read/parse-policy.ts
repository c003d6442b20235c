import { didYouMean } from "@kinko/core/config";
import { PolicySyntaxError } from "../errors.js";
import { Cursor } from "../hcl/cursor.js";
import { parseSyntax } from "../hcl/parse-syntax.js";
import type { Item, Token, Value } from "../hcl/syntax.js";
import { textOf } from "../hcl/unquote.js";
import type { PolicyDocument, PolicyPosition, PolicyRule } from "../model.js";
import { pathProblem, pathProblems } from "../paths.js";
import { Decoder } from "./decode.js";
import { entryOf } from "./decoded.js";
import { ruleOf } from "./rule.js";
import { policyShape, ruleAttributes, ruleShape } from "./shape.js";

/**
 * Reads a policy, HCL or JSON. It takes what Vault 1.21 takes, and nothing else.
 *
 * @throws PolicySyntaxError with line, column and an excerpt
 * @example
 * const policy = parsePolicy('path "secret/data/app/*" { capabilities = ["read"] }');
 */
export function parsePolicy(source: string): PolicyDocument {
  const cursor = new Cursor(source.replaceAll("\r\n", "\n"));
  const { items, comments } = parseSyntax(source);
  const decoder = new Decoder(cursor);
  checkNames(decoder, items, ["path", "name"], cursor);
  const position = { line: 1, column: 1 };
  const policy = decoder.decode({ kind: "items", items, position }, policyShape);
  const name = entryOf(policy, "name");
  return {
    ...(name?.kind === "string" ? { name: name.value } : {}),
    rules: decoder
      .itemsOf(items, "path")
      .map((item, index) => readRule(decoder, item, placeOf(items, index), cursor)),
    ...(comments.length === 0 ? {} : { comments }),
  };
}

/** As {@link parsePolicy}, with the error as a value: for editors and lists of problems. */
export function tryParsePolicy(
  source: string,
): { readonly policy: PolicyDocument } | { readonly error: PolicySyntaxError } {
  try {
    return { policy: parsePolicy(source) };
  } catch (error) {
    if (error instanceof PolicySyntaxError) return { error };
    throw error;
  }
}

/** Where the path of the rule of this number stands. */
function placeOf(items: readonly Item[], index: number): PolicyPosition | undefined {
  const [first, second] = items.filter(({ keys: [key] }) => isPath(key))[index]?.keys ?? [];
  return (second ?? first)?.position;
}

function isPath(key: Token | undefined): boolean {
  return key !== undefined && /^"?path"?$/u.test(key.text);
}

function readRule(
  decoder: Decoder,
  item: Item,
  position: PolicyPosition = item.value.position,
  cursor: Cursor,
): PolicyRule {
  const [key] = item.keys;
  // A block without a label is a rule for the path "path" to Vault.
  const path = key === undefined ? "path" : decoder.nameOf(key);
  const problem = pathProblem(path);
  if (problem !== undefined) {
    const [what, advice] = pathProblems[problem];
    cursor.fail(what, position, advice);
  }
  const { value } = item;
  if (value.kind !== "object")
    return cursor.fail("A path is followed by a block in { and }.", value.position);
  checkNames(decoder, value.items, ruleAttributes, cursor);
  const decoded = decoder.decode(value, ruleShape);
  const fail = (attribute: string, what: string, advice?: string): never =>
    cursor.fail(what, attributePosition(decoder, value.items, attribute) ?? position, advice);
  const rule = ruleOf(decoded, fail);
  const comment = commentOf(decoder, value.items);
  return {
    path,
    ...rule,
    ...(comment === undefined ? {} : { comment }),
    ...(item.comments.length === 0 ? {} : { comments: item.comments }),
    position,
  };
}

function attributePosition(
  decoder: Decoder,
  items: readonly Item[],
  attribute: string,
): PolicyPosition | undefined {
  const [item] = decoder.itemsOf(items, attribute);
  return item?.value.position;
}

function commentOf(decoder: Decoder, items: readonly Item[]): string | undefined {
  const values = decoder.itemsOf(items, "comment").map(({ value }) => value);
  // Vault does not look at it, so whatever it cannot read counts as none.
  return values
    .filter(isText)
    .map((value) => textOf(value.token))
    .at(-1);
}

function isText(value: Value): value is Extract<Value, { kind: "literal" }> {
  return value.kind === "literal" && value.token.kind === "string";
}

function checkNames(
  decoder: Decoder,
  items: readonly Item[],
  known: readonly string[],
  cursor: Cursor,
): void {
  for (const { keys } of items) {
    const [key] = keys;
    if (key === undefined) continue;
    const name = decoder.nameOf(key);
    if (known.includes(name)) continue;
    const suggestion = didYouMean(name, known).trim();
    cursor.fail(
      "Vault knows no such name here.",
      key.position,
      suggestion === "" ? `Known are ${known.join(", ")}.` : suggestion,
    );
  }
}
