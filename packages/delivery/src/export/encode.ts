/** A JSON string literal in ASCII-safe form: what editors or YAML readers act on is escaped. */
export function quoteJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    // eslint-disable-next-line no-control-regex
    /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A POSIX shell word that stands for exactly this text: nothing has a meaning in single quotes. */
export function quoteShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * The value of a dotenv line that the `dotenv` package and {@link parseEnvFile} both read back as
 * exactly this text, or undefined when their grammar has no way to write it.
 *
 * The grammar escapes almost nothing: a text in quotes must not hold that quote or end with a
 * backslash, and a carriage return exists only as `\r` in double quotes, where `\n` and `\r`
 * always mean control characters.
 */
export function quoteDotenv(text: string): string | undefined {
  if (/^[\w./:@%+,-]+$/u.test(text)) return text;
  if (!text.endsWith("\\")) {
    if (!text.includes("\r")) {
      if (!text.includes("'")) return `'${text}'`;
      // Before backticks, which many readers of env files do not know, and a shell executes.
      if (!/["\\$`]/u.test(text)) return `"${text}"`;
      if (!text.includes("`")) return `\`${text}\``;
    }
    if (!text.includes('"') && !/\\[nr]/u.test(text)) return `"${text.replaceAll("\r", "\\r")}"`;
    return undefined;
  }
  // Unquoted text may end with a backslash, such as a path on Windows.
  return /^[^\s#'"`=$][^\s#'"`$]*$/u.test(text) ? text : undefined;
}

/**
 * An HCL string literal in which `${` and `%{` are text, or undefined for text that is not in
 * composed Unicode form (NFC): Terraform composes every string, and would change it.
 */
export function quoteHcl(text: string): string | undefined {
  if (text.normalize("NFC") !== text) return undefined;
  return quoteJson(text)
    .replaceAll(/\\[\s\S]/gu, (escape) =>
      // HCL has no short form of these two.
      escape === "\\b" ? "\\u0008" : escape === "\\f" ? "\\u000c" : escape,
    )
    .replaceAll("${", "\\u0024{")
    .replaceAll("%{", "\\u0025{");
}
