import { usageError } from "../errors.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { didYouMean } from "../suggest.js";

/** How the text of a setting is read; one kind for all values it may have. */
type SettingKind = "text" | "number" | "boolean" | "list";

/** Settings of something that policies are made of, by name; one with `!` is needed. */
export type SettingKinds = Readonly<Record<string, SettingKind | `${SettingKind}!`>>;

/** What a setting says. */
export type Settings = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * The settings that `--set NAME=VALUE` gives, each known, of its kind, and once; what the values may be is
 * checked where they are used.
 * @throws CliError
 */
export function settingsOf(input: ParsedInput, kinds: SettingKinds, whose: string): Settings {
  const settings = new Map<string, Settings[string]>();
  for (const text of input.list("set")) {
    const at = text.indexOf("=");
    const name = text.slice(0, Math.max(0, at));
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined)
      throw usageError(
        `--set names nothing that ${whose} has.${didYouMean(name, Object.keys(kinds))}`,
        "unknown-setting",
        `It has ${describeSettings(kinds)}.`,
      );
    if (settings.has(name))
      throw usageError(`--set ${name} is given twice.`, "repeated-option", "Give it once.");
    settings.set(name, valueOf(name, text.slice(at + 1), kind.replace("!", "") as SettingKind));
  }
  const missing = Object.keys(kinds).find(
    (name) => kinds[name]?.endsWith("!") === true && !settings.has(name),
  );
  if (missing === undefined) return Object.fromEntries(settings);
  throw usageError(
    `For ${whose}, ${missing} has to be said.`,
    "missing-setting",
    `Add --set ${missing}=VALUE. It has ${describeSettings(kinds)}.`,
  );
}

/** Names, those that are needed first. */
export function describeSettings(kinds: SettingKinds): string {
  const names = Object.keys(kinds);
  const needed = names.filter((name) => kinds[name]?.endsWith("!"));
  const others = names.filter((name) => !needed.includes(name));
  return [...needed.map((name) => `${name} (needed)`), ...others].join(", ");
}

function valueOf(name: string, text: string, kind: SettingKind): Settings[string] {
  if (kind === "list") return text.split(",").map((part) => part.trim());
  if (kind === "number" && /^\d{1,9}$/u.test(text)) return Number(text);
  if (kind === "boolean" && ["yes", "no", "true", "false"].includes(text))
    return text === "yes" || text === "true";
  if (kind === "text") return text;
  throw usageError(
    `--set ${name} wants ${kind === "number" ? "a number" : "yes or no"}.`,
    "invalid-setting",
    `Write --set ${name}=${kind === "number" ? "2" : "yes"}.`,
  );
}
