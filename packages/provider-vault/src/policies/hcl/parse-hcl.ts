import { EndOfText } from "./end-of-text.js";
import { Scanner } from "./scanner.js";
import { commentLines } from "./comments.js";
import type { Item, ListNode, ObjectNode, SyntaxTree, Token, Value } from "./syntax.js";

/** Deepest nesting that is read; a policy needs four levels. */
export const maxDepth = 200;

/**
 * Reads HCL's first version, as Vault's parser does, with its leniencies and without its comments'
 * fine points.
 * @throws PolicySyntaxError
 */
export function parseHcl(source: string): SyntaxTree {
  const parser = new HclParser(source.replaceAll("\r\n", "\n"));
  return parser.parse();
}

class HclParser {
  readonly #scanner: Scanner;
  #token: Token;
  #comments: string[] = [];
  #depth = 0;

  constructor(source: string) {
    this.#scanner = new Scanner(source, false);
    this.#token = this.#scan();
  }

  parse(): SyntaxTree {
    const items = this.#items(false);
    return { items, comments: this.#takeComments() };
  }

  #scan(): Token {
    let token = this.#scanner.scan();
    for (; token.kind === "comment"; token = this.#scanner.scan())
      this.#comments.push(...commentLines(token.text));
    return token;
  }

  #take(): Token {
    const token = this.#token;
    if (token.kind !== "end") this.#token = this.#scan();
    return token;
  }

  #takeComments(): string[] {
    const comments = this.#comments;
    this.#comments = [];
    return comments;
  }

  #fail(problem: string, token = this.#token, advice?: string): never {
    return this.#scanner.cursor.fail(problem, token.position, advice);
  }

  #items(inObject: boolean): Item[] {
    const items: Item[] = [];
    const seen = new Set<string>();
    while (!(inObject && this.#token.kind === "}") && this.#token.kind !== "end") {
      try {
        items.push(this.#item(seen));
      } catch (error) {
        if (error instanceof EndOfText) break;
        throw error;
      }
      if (this.#token.kind === ",") this.#take();
    }
    return items;
  }

  #item(seen: Set<string>): Item {
    const before = this.#takeComments();
    const keys = this.#keys();
    const mark = this.#token;
    if (mark.kind === "=") {
      this.#checkAssignment(keys, seen);
      this.#take();
    } else if (mark.kind !== "{") {
      this.#fail("A name is followed by = and a value, or by a block in { and }.");
    }
    const value = this.#value();
    // What was read ahead may stand before the next item: only a comment on this line is this one's.
    return { keys, value, comments: [...before, ...this.#commentsWithin(value)] };
  }

  #commentsWithin(value: Value): string[] {
    if (value.kind !== "object") return [];
    return value.items.flatMap(({ comments }) => comments);
  }

  #keys(): Token[] {
    const keys: Token[] = [];
    while (this.#token.kind === "identifier" || this.#token.kind === "string")
      keys.push(this.#take());
    if (keys.length === 0) this.#fail("Here a name is expected, such as path.");
    return keys;
  }

  #checkAssignment(keys: readonly Token[], seen: Set<string>): void {
    if (keys.length > 1) this.#fail("A block with a label has no = before its {.");
    for (const key of keys) {
      if (seen.has(key.text)) {
        this.#fail("This attribute is set twice.", key, "Keep one of them: Vault takes none.");
      }
      seen.add(key.text);
    }
  }

  #value(): Value {
    const { kind, position } = this.#token;
    switch (kind) {
      case "number":
      case "float":
      case "boolean":
      case "string":
      case "heredoc":
        return { kind: "literal", token: this.#take(), position };
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#list());
      case "end":
        // At the top, Vault takes a missing value for the end.
        throw new EndOfText();
      default:
        return this.#fail(
          "Here a value is expected.",
          this.#token,
          'A text stands in quotes, such as "read"; a list in [ and ].',
        );
    }
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#fail("This is nested too deep.");
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): ObjectNode {
    const { position } = this.#take();
    const items = this.#items(true);
    const inside = this.#takeComments();
    if (this.#token.kind !== "}")
      this.#fail("This block is not closed.", this.#token, "Close it with }.");
    this.#take();
    this.#comments.unshift(...inside);
    return { kind: "object", items, position };
  }

  #list(): ListNode {
    const { position } = this.#take();
    const elements: Value[] = [];
    let needComma = false;
    for (;;) {
      const { kind } = this.#token;
      if (kind === "]") break;
      if (kind === ",") {
        this.#take();
        needComma = false;
        continue;
      }
      if (needComma) this.#fail("Elements of a list are parted by commas.");
      if (kind === "end") this.#fail("This list is not closed.", this.#token, "Close it with ].");
      elements.push(this.#value());
      // After a list within a list Vault wants none.
      needComma = kind !== "[";
    }
    this.#take();
    return { kind: "list", elements, position };
  }
}
