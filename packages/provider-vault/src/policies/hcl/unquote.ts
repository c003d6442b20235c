import type { Token } from "./syntax.js";

const plain: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  "\\": 92,
  '"': 34,
};
const escape =
  /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([0-7]{3})|([abfnrtv\\"]))/y;

/** The text that a name or a literal stands for; undefined where Vault fails on it. */
export function textOf(token: Token): string | undefined {
  switch (token.kind) {
    case "string":
      return unquote(token.text.slice(1, -1), token.json);
    case "heredoc":
      return heredocText(token.text);
    case "null":
      return "";
    default:
      return token.text;
  }
}

/** Escapes give bytes, which together are UTF-8. In HCL, `${…}` is taken as it is. */
function unquote(text: string, json: boolean): string | undefined {
  if (!/[\\$]/u.test(text)) return text;
  const bytes: Buffer[] = [];
  let offset = 0;
  while (offset < text.length) {
    if (!json && text.startsWith("${", offset)) {
      const end = endOfInterpolation(text, offset + 2);
      const part = text.slice(offset, end);
      if (end === undefined || part.includes("\uFFFD")) return undefined;
      bytes.push(Buffer.from(part));
      offset = end;
    } else if (text.charAt(offset) === "\\") {
      escape.lastIndex = offset;
      const match = escape.exec(text);
      const unescaped = match === null ? undefined : bytesOf(match, json);
      if (unescaped === undefined) return undefined;
      bytes.push(unescaped);
      offset = escape.lastIndex;
    } else {
      const next = text.slice(offset).search(json ? /\\/u : /\\|\$\{/u);
      const end = next < 0 ? text.length : offset + Math.max(1, next);
      const part = text.slice(offset, end);
      if (part.includes("\n")) return undefined;
      bytes.push(Buffer.from(part));
      offset = end;
    }
  }
  return Buffer.concat(bytes).toString();
}

function endOfInterpolation(text: string, start: number): number | undefined {
  let braces = 1;
  for (let offset = start; offset < text.length; offset += 1) {
    const character = text.charAt(offset);
    if (character === "{") braces += 1;
    if (character === "}") braces -= 1;
    if (braces === 0) return offset + 1;
  }
  return undefined;
}

function bytesOf(match: RegExpExecArray, json: boolean): Buffer | undefined {
  const [whole, hexadecimal, short, long, octal, letter] = match;
  if (letter !== undefined) return Buffer.of(plain[letter] ?? 0);
  const byte =
    hexadecimal === undefined
      ? octal === undefined
        ? undefined
        : Number.parseInt(octal, 8)
      : Number.parseInt(hexadecimal, 16);
  if (byte !== undefined) return byte > 255 ? undefined : Buffer.of(byte);
  const point = Number.parseInt(short ?? long ?? whole, 16);
  // HCL's numbers of characters have 32 bits with a sign: a negative one gives its lowest byte.
  if (point > 0x7f_ff_ff_ff && !json) return Buffer.of(point & 0xff);
  if (point > 0x10_ff_ff) return undefined;
  // Halves of pairs: Go's JSON refuses them, HCL replaces them.
  const half = point >= 0xd8_00 && point <= 0xdf_ff;
  if (half) return json ? undefined : Buffer.from("\uFFFD");
  return Buffer.from(String.fromCodePoint(point));
}

/** The lines of a heredoc, cut where Vault cuts them: it counts back from the end by the first line's length. */
function heredocText(text: string): string | undefined {
  const first = text.indexOf("\n");
  const start = first + 1;
  const end = text.length - first + 1;
  if (text.charAt(2) !== "-") return slice(text, start, end);
  const lines = slice(text, start, end + 1)?.split("\n");
  if (lines === undefined) return undefined;
  const indent = lines.at(-1) ?? "";
  if (!lines.every((line) => line.startsWith(indent)))
    return slice(text, start, end)?.replace(/[ \t]+$/u, "");
  return lines
    .map((line, index) => (index === lines.length - 1 ? "" : line.slice(indent.length)))
    .join("\n");
}

function slice(text: string, start: number, end: number): string | undefined {
  return start > end || end > text.length ? undefined : text.slice(start, end);
}
