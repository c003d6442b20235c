import { PolicySyntaxError } from "../errors.js";
import type { PolicyPosition } from "../model.js";

/** Walks through a text by code points and knows where it is. */
export class Cursor {
  readonly source: string;
  offset = 0;
  #line = 1;
  #column = 1;

  constructor(source: string) {
    this.source = source;
  }

  get position(): PolicyPosition {
    return { line: this.#line, column: this.#column };
  }

  get atEnd(): boolean {
    return this.offset >= this.source.length;
  }

  /** The next character, or an empty text at the end. */
  peek(): string {
    const code = this.source.codePointAt(this.offset);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  /** Whether the text goes on like this. */
  sees(text: string): boolean {
    return this.source.startsWith(text, this.offset);
  }

  next(): string {
    const character = this.peek();
    this.offset += character.length;
    if (character === "\n") {
      this.#line += 1;
      this.#column = 1;
    } else if (character !== "") this.#column += 1;
    return character;
  }

  /** Takes characters as long as they are such. */
  takeWhile(test: (character: string) => boolean): string {
    const start = this.offset;
    while (!this.atEnd && test(this.peek())) this.next();
    return this.source.slice(start, this.offset);
  }

  fail(problem: string, position: PolicyPosition = this.position, advice?: string): never {
    throw new PolicySyntaxError(problem, this.source, position, advice);
  }
}
