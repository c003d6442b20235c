import { isDecimal, isDigit, isLetter, isSpace } from "./characters.js";
import { Cursor } from "./cursor.js";
import { scanNumber } from "./scan-number.js";
import { refuseReserved, scanHeredoc, scanString } from "./scan-string.js";
import type { Token, TokenKind } from "./syntax.js";

const hclMarks = new Set<string>(["{", "}", "[", "]", ",", "="]);
const jsonMarks = new Set<string>(["{", "}", "[", "]", ",", ":"]);

/** Cuts a text into tokens, comments among them. */
export class Scanner {
  readonly cursor: Cursor;
  readonly #json: boolean;

  constructor(source: string, json: boolean) {
    this.cursor = new Cursor(source);
    this.#json = json;
  }

  /** @throws PolicySyntaxError */
  scan(): Token {
    const { cursor } = this;
    cursor.takeWhile(isSpace);
    const { offset, position } = cursor;
    const kind = cursor.atEnd ? "end" : this.#scanToken();
    return { kind, text: cursor.source.slice(offset, cursor.offset), position, json: this.#json };
  }

  #scanToken(): TokenKind {
    const { cursor } = this;
    const first = cursor.peek();
    const json = this.#json;
    if (isLetter(first)) return this.#scanWord();
    const second = cursor.source.charAt(cursor.offset + 1);
    if (isDecimal(first) || (first === "-" && isDecimal(second))) return scanNumber(cursor, json);
    if (first === '"') {
      scanString(cursor, json);
      return "string";
    }
    if ((json ? jsonMarks : hclMarks).has(first)) return cursor.next() as TokenKind;
    if (first === ".") return this.#scanFraction();
    if (!json) {
      if (first === "#" || first === "/") return this.#scanComment();
      if (first === "<") {
        scanHeredoc(cursor);
        return "heredoc";
      }
      if (first === "+" || first === "-") {
        cursor.next();
        return "other";
      }
    }
    return cursor.fail("This character has no meaning here.");
  }

  #scanWord(): TokenKind {
    const { cursor } = this;
    const at = cursor.position;
    const inWord = (character: string): boolean =>
      isLetter(character) ||
      isDigit(character) ||
      character === "-" ||
      (character === "." && !this.#json);
    const word = cursor.takeWhile(inWord);
    if (word === "true" || word === "false") return "boolean";
    if (!this.#json) return "identifier";
    return word === "null" ? "null" : cursor.fail("JSON has strings only in quotes.", at);
  }

  #scanFraction(): TokenKind {
    const { cursor } = this;
    cursor.next();
    if (cursor.takeWhile(isDecimal) === "") return "other";
    // What Vault makes of an exponent here is no number.
    if (/^e$/iu.test(cursor.peek())) cursor.next();
    return "float";
  }

  #scanComment(): TokenKind {
    const { cursor } = this;
    const start = cursor.position;
    if (cursor.sees("/*")) {
      cursor.next();
      cursor.next();
      while (!cursor.sees("*/")) {
        const character = cursor.next();
        if (character === "")
          cursor.fail("This comment is not closed.", start, "Close it with */.");
        refuseReserved(cursor, character, false);
      }
      cursor.next();
      cursor.next();
      return "comment";
    }
    if (cursor.peek() === "/" && !cursor.sees("//"))
      cursor.fail("A comment starts with #, // or /*.", start);
    cursor.takeWhile((character) => {
      refuseReserved(cursor, character, false);
      return character !== "\n";
    });
    return "comment";
  }
}
