import { isDigit, isHexadecimal, isLetter, isOctal } from "./characters.js";
import type { Cursor } from "./cursor.js";

const escapes: Readonly<Record<string, readonly [(character: string) => boolean, number]>> = {
  x: [isHexadecimal, 2],
  u: [isHexadecimal, 4],
  U: [isHexadecimal, 8],
};

/** Takes a string in quotes, the first of which is next. In HCL, quotes within `${…}` do not end it. */
export function scanString(cursor: Cursor, json: boolean): void {
  const start = cursor.position;
  cursor.next();
  let braces = 0;
  for (;;) {
    const at = cursor.position;
    const character = cursor.next();
    const inBraces = braces > 0 && !json;
    if (character === "" || character === "\0" || (character === "\n" && !inBraces))
      cursor.fail("This string is not closed on its line.", start, 'Close it with ".');
    if (character === '"' && !inBraces) return;
    if (braces === 0 && character === "$" && cursor.peek() === "{") {
      braces = 1;
      cursor.next();
    } else if (braces > 0 && character === "{") braces += 1;
    else if (braces > 0 && character === "}") braces -= 1;
    if (character === "\\") takeEscape(cursor, at);
    refuseReserved(cursor, character, json);
  }
}

function takeEscape(cursor: Cursor, at: Cursor["position"]): void {
  const kind = cursor.next();
  if (kind !== "" && 'abfnrtv\\"'.includes(kind)) return;
  const [isDigitHere, digits] = escapes[kind] ?? [isOctal, 2];
  let valid = escapes[kind] !== undefined || isOctal(kind);
  for (let digit = 0; valid && digit < digits; digit += 1) valid = isDigitHere(cursor.next());
  if (!valid) {
    cursor.fail(
      "No such escape.",
      at,
      String.raw`Use \", \\, \n, \t or \u and four hexadecimal digits.`,
    );
  }
}

/** Vault's HCL keeps one character of Unicode to itself. */
export function refuseReserved(cursor: Cursor, character: string, json: boolean): void {
  if (!json && (character === "\0" || character === "\uE123"))
    cursor.fail("This character is not allowed in a policy.");
}

/** Takes `<<EOF` and the lines up to one that is `EOF`. */
export function scanHeredoc(cursor: Cursor): void {
  const start = cursor.position;
  const fail = (problem: string): never => cursor.fail(problem, start);
  cursor.next();
  if (cursor.next() !== "<") fail("A heredoc starts with <<.");
  const indented = cursor.peek() === "-";
  if (indented) cursor.next();
  const anchor = cursor.takeWhile((character) => isLetter(character) || isDigit(character));
  if (cursor.next() !== "\n") fail("A heredoc starts with << and a word alone on the line.");
  if (anchor === "") fail("A heredoc needs a word after <<.");
  // Vault counts the dash when it asks whether a line is long enough to end an indented one.
  const leastBytes = Buffer.byteLength(anchor) + (indented ? 1 : 0);
  for (;;) {
    const line = cursor.takeWhile((character) => {
      refuseReserved(cursor, character, false);
      return character !== "\n";
    });
    if (cursor.next() === "") fail(`This heredoc has no line with ${anchor} alone.`);
    if (Buffer.byteLength(line) >= leastBytes && isEnd(line, anchor)) return;
  }
}

function isEnd(line: string, anchor: string): boolean {
  return line.replace(/^[\t\n\v\f\r ]+/u, "").replace(/\r+$/u, "") === anchor;
}
