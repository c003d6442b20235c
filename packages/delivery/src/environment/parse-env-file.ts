import { ConfigError } from "@kinko/core";
import { isPortableName } from "./refused-names.js";

/** One assignment of an env file. */
export interface EnvFileEntry {
  readonly name: string;
  /** The value without its quotes. It may hold references, see `environmentFromEnvFile`. */
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

const quotes = new Set(["'", '"', "`"]);

/**
 * Parses the text of an env file.
 *
 * One `NAME=value` a line, `export` before it is allowed; empty lines and lines that begin with `#`
 * are skipped. `'…'` and `` `…` `` are taken as they are and `"…"` knows `\n` and `\r`; all three
 * may span lines. An unquoted value ends with its line, or at a `#` after white space.
 *
 * Own code instead of the dotenv package, for two reasons: dotenv skips lines that it does not
 * understand, so that a typing error starts a program without its secret; and it ends an unquoted
 * value at any `#`, which would turn `kinko://app/db#password` into the whole secret. What both
 * accept otherwise means the same to both; a test holds this.
 *
 * @throws ConfigError with the reason `invalid-env-file`, naming the line and never quoting it.
 */
export function parseEnvFile(text: string, label = "the env file"): EnvFileEntry[] {
  const source = text.replace(/^\uFEFF/u, "").replaceAll(/\r\n?/gu, "\n");
  const entries: EnvFileEntry[] = [];
  const names = new Map<string, number>();
  let line = 1;
  let position = 0;

  const fail = (problem: string): never => {
    throw new ConfigError(`Line ${line} of ${label} ${problem}.`, {
      reason: "invalid-env-file",
      advice: "Write NAME=value, with quotes around a value that has spaces, quotes or lines.",
    });
  };

  while (position < source.length) {
    const end = endOfLine(source, position);
    const content = source.slice(position, end).trim();
    if (content === "" || content.startsWith("#")) {
      position = end + 1;
      line += 1;
      continue;
    }
    const assignment = /^[ \t]*(?:export[ \t]+)?([^\s=]+)[ \t]*=[ \t]*/u.exec(
      source.slice(position, end),
    );
    const name = assignment?.[1];
    if (assignment === null || name === undefined) return fail("is not NAME=value");
    if (!isPortableName(name)) fail("has a name that is not portable");
    const earlier = names.get(name);
    if (earlier !== undefined) fail(`sets ${name} again, after line ${earlier}`);
    names.set(name, line);

    const start = position + assignment[0].length;
    const quote = source[start] ?? "";
    if (!quotes.has(quote)) {
      entries.push({ name, value: unquoted(source.slice(start, end)), line });
      position = end + 1;
      line += 1;
      continue;
    }
    const close = source.indexOf(quote, start + 1);
    if (close === -1) fail("has a quote that is not closed");
    const raw = source.slice(start + 1, close);
    // Some readers take \\" for a quote inside the value, some for its end.
    if (raw.endsWith("\\")) fail("has a backslash before a quote, which is read in different ways");
    const rest = source.slice(close + 1, endOfLine(source, close));
    if (!/^[ \t]*(?:#.*)?$/u.test(rest)) fail(`has text behind the closing quote of ${name}`);
    entries.push({ name, value: quote === '"' ? unescape(raw) : raw, line });
    line += raw.split("\n").length;
    position = endOfLine(source, close) + 1;
  }
  return entries;
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end === -1 ? source.length : end;
}

function unquoted(text: string): string {
  return text.replace(/(?:^|\s)#.*$/u, "").trim();
}

function unescape(text: string): string {
  return text.replaceAll(/\\n/gu, "\n").replaceAll(/\\r/gu, "\r");
}
