import { isDecimal, isHexadecimal } from "./characters.js";
import type { Cursor } from "./cursor.js";

/** Takes a number whose first digit (or sign and first digit) is next. HCL also knows `0x1f` and `017`. */
export function scanNumber(cursor: Cursor, json: boolean): "number" | "float" {
  const start = cursor.position;
  if (cursor.peek() === "-") cursor.next();
  const zero = cursor.peek() === "0";
  if (zero && !json && /^0x/iu.test(cursor.source.slice(cursor.offset, cursor.offset + 2))) {
    cursor.next();
    cursor.next();
    if (cursor.takeWhile(isHexadecimal) === "") cursor.fail("0x needs digits after it.", start);
    return "number";
  }
  const digits = cursor.takeWhile(isDecimal);
  if (/^e$/iu.test(cursor.peek())) {
    takeExponent(cursor);
    return "float";
  }
  if (cursor.peek() === ".") {
    cursor.next();
    cursor.takeWhile(isDecimal);
    if (/^e$/iu.test(cursor.peek())) takeExponent(cursor);
    return "float";
  }
  if (zero && json && (digits.length > 1 || cursor.atEnd))
    cursor.fail("A number does not start with 0.", start);
  // Vault does not look at the first digit after the zero here; who decodes the number does.
  if (zero && !json && /[89]/u.test(digits.slice(2)))
    cursor.fail("An octal number has no 8 and no 9.", start);
  return "number";
}

function takeExponent(cursor: Cursor): void {
  cursor.next();
  if (/^[+-]$/u.test(cursor.peek())) cursor.next();
  // Without a digit the next character belongs to the number, as Vault has it: no number then.
  if (cursor.takeWhile(isDecimal) === "") cursor.next();
}
