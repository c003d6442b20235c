import { usageError } from "../errors.js";
import type { ParsedInput } from "./parse-arguments.js";

/** A whole number in an option; undefined without it. @throws CliError */
export function numberOf(input: ParsedInput, name: string): number | undefined {
  const text = input.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw usageError(
    `--${name} wants a whole number.`,
    "invalid-option-value",
    `Write for example --${name} 2.`,
  );
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a time such as 30d, 720h or 0; undefined without the option. @throws CliError */
export function durationOf(input: ParsedInput, name: string): number | undefined {
  const text = input.text(name);
  if (text === undefined) return undefined;
  const [, number, unit = "s"] = /^(\d{1,9})([smhd])?$/u.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (seconds[unit] ?? 1);
  throw usageError(
    `--${name} wants a time.`,
    "invalid-option-value",
    `Write for example --${name} 30d, or 720h.`,
  );
}

/** Yes or no in an option; undefined without it. */
export function yesOrNo(input: ParsedInput, name: string): boolean | undefined {
  const text = input.text(name);
  return text === undefined ? undefined : text === "yes";
}

/** Which one of several options is given; undefined for none. @throws CliError */
export function oneOf(input: ParsedInput, names: readonly string[]): string | undefined {
  const given = names.filter((name) => input.flag(name));
  if (given.length <= 1) return given[0];
  throw usageError(
    `--${given.join(" and --")} exclude each other.`,
    "conflicting-options",
    "Give one of them.",
  );
}
