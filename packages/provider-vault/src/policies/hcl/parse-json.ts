import { EndOfText } from "./end-of-text.js";
import { flatten } from "./flatten.js";
import { maxDepth } from "./parse-hcl.js";
import { Scanner } from "./scanner.js";
import type { Item, ListNode, ObjectNode, SyntaxTree, Token, Value } from "./syntax.js";

/**
 * Reads JSON as Vault's HCL does, which is not as JSON's own parsers do: it stops after the object,
 * takes what is not closed, and drops `true` and `false` in lists.
 * @throws PolicySyntaxError
 */
export function parseJson(source: string): SyntaxTree {
  return { items: flatten(new JsonParser(source).parse()), comments: [] };
}

class Unexpected extends Error {
  readonly token: Token;

  constructor(token: Token) {
    super();
    this.token = token;
  }
}

class JsonParser {
  readonly #scanner: Scanner;
  #token!: Token;
  #depth = 0;

  constructor(source: string) {
    this.#scanner = new Scanner(source, true);
  }

  parse(): readonly Item[] {
    try {
      this.#take();
      return this.#object().items;
    } catch (error) {
      if (error instanceof Unexpected)
        return this.#scanner.cursor.fail(
          "This is not JSON as Vault reads it.",
          error.token.position,
        );
      throw error;
    }
  }

  #take(): Token {
    this.#token = this.#scanner.scan();
    return this.#token;
  }

  #object(): ObjectNode {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#scanner.cursor.fail("This is nested too deep.");
    const { position } = this.#token;
    const items: Item[] = [];
    try {
      do {
        items.push(this.#item());
        this.#take();
      } while (this.#token.kind === ",");
    } catch (error) {
      // A } ends the object wherever it comes: after a comma, after a name without a value.
      const ended =
        error instanceof EndOfText || (error instanceof Unexpected && this.#token.kind === "}");
      if (!ended) throw error;
    }
    this.#depth -= 1;
    return { kind: "object", items, position };
  }

  #item(): Item {
    const keys: Token[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === "end") throw new EndOfText();
      if (token.kind === ":" && keys.length > 0) break;
      if (token.kind !== "string") throw new Unexpected(token);
      keys.push(token);
    }
    return { keys, value: this.#value(), comments: [] };
  }

  #value(): Value {
    const token = this.#take();
    switch (token.kind) {
      case "number":
      case "float":
      case "boolean":
      case "null":
      case "string":
        return { kind: "literal", token, position: token.position };
      case "{":
        return this.#object();
      case "[":
        return this.#list();
      case "end":
        throw new EndOfText();
      default:
        throw new Unexpected(token);
    }
  }

  #list(): ListNode {
    const { position } = this.#token;
    const elements: Value[] = [];
    for (;;) {
      const token = this.#take();
      switch (token.kind) {
        case "number":
        case "float":
        case "string":
          elements.push({ kind: "literal", token, position: token.position });
          break;
        case "{":
          elements.push(this.#object());
          break;
        case ",":
        case "boolean":
        case "[":
          break;
        case "]":
          return { kind: "list", elements, position };
        default:
          throw new Unexpected(token);
      }
    }
  }
}
