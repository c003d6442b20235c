import { parseArgs } from "node:util";
import type { CommandSpec, OptionSpec } from "../command.js";
import { usageError } from "../errors.js";
import { globalOptionSpecs } from "./global-options.js";

/** A command line after parsing. */
export interface ParsedInput {
  /** Positional arguments before `--`. */
  readonly args: readonly string[];
  /** What follows `--`; undefined without one. */
  readonly rest: readonly string[] | undefined;
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
}

/**
 * Splits off the command's name: the first word that is no option and no option's value.
 */
export function findCommandName(argv: readonly string[]): {
  readonly name: string | undefined;
  readonly others: readonly string[];
} {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] as string;
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") {
      return { name: word, others: argv.toSpliced(index, 1) };
    }
    const takesNext = globalOptionSpecs.some(
      ({ name, short, value }) =>
        value !== undefined && (word === `--${name}` || word === `-${short}`),
    );
    if (takesNext) index += 1;
  }
  return { name: undefined, others: argv };
}

/**
 * Parses what follows a command's name.
 *
 * By Node's own parser, not commander: `kinko get` runs in start-up scripts, and commander takes
 * longer to load than all the rest of the command; the specs serve help and completion as well.
 *
 * @throws CliError (Usage) that never quotes a value, which may be a secret.
 */
export async function parseArguments(
  spec: CommandSpec,
  argv: readonly string[],
): Promise<ParsedInput> {
  const end = argv.indexOf("--");
  const own = end === -1 ? argv : argv.slice(0, end);
  const behind = end === -1 ? undefined : argv.slice(end + 1);
  const options = [...spec.options, ...globalOptionSpecs];
  const { tokens } = parseArgs({
    args: [...own],
    options: Object.fromEntries(options.map((option) => [option.name, parserOption(option)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const args: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.find(({ name }) => name === token.name);
    if (option === undefined) throw await unknownOption(token.rawName, options, spec);
    checkValue(option, token.rawName, token.value, token.inlineValue === true);
    const earlier = values.get(option.name) ?? [];
    if (earlier.length > 0 && option.value !== undefined && option.repeatable !== true) {
      throw usageError(`${token.rawName} is given twice.`, "repeated-option", "Give it once.");
    }
    values.set(option.name, [...earlier, token.value ?? ""]);
  }
  // Where no command line may follow, -- only says that names with a dash come now.
  if (spec.rest === undefined) args.push(...(behind ?? []));
  const parsed: ParsedInput = {
    args,
    rest: spec.rest === undefined ? undefined : behind,
    flag: (name) => values.has(name),
    text: (name) => values.get(name)?.at(-1),
    list: (name) => values.get(name) ?? [],
  };
  if (!parsed.flag("help")) checkArguments(spec, parsed);
  return parsed;
}

function parserOption(option: OptionSpec): {
  type: "string" | "boolean";
  multiple: true;
  short?: string;
} {
  const type = option.value === undefined ? "boolean" : "string";
  return option.short === undefined
    ? { type, multiple: true }
    : { type, multiple: true, short: option.short };
}

function checkValue(
  option: OptionSpec,
  written: string,
  value: string | undefined,
  inline: boolean,
): void {
  if (option.value === undefined) {
    if (value === undefined) return;
    throw usageError(`${written} takes no value.`, "unexpected-option-value", "Leave it out.");
  }
  // Another option in the place of a value is a forgotten value.
  const forgotten = value !== undefined && !inline && value.length > 1 && value.startsWith("-");
  if (value === undefined || value === "" || forgotten) {
    throw usageError(
      `${written} needs a value.`,
      "missing-option-value",
      `Write ${written} ${option.value}.`,
    );
  }
  if (option.choices === undefined || option.choices.includes(value)) return;
  throw usageError(
    `${written} does not know this value.`,
    "invalid-option-value",
    `Choose one of ${option.choices.join(", ")}.`,
  );
}

async function unknownOption(
  written: string,
  options: readonly OptionSpec[],
  spec: CommandSpec,
): Promise<Error> {
  const { didYouMean } = await import("../suggest.js");
  const hint = written.startsWith("--")
    ? didYouMean(
        written,
        options.map(({ name }) => `--${name}`),
      )
    : "";
  return usageError(
    `There is no option ${written}.${hint}`,
    "unknown-option",
    `Run kinko ${spec.name} --help to see the options.`,
  );
}

function checkArguments(spec: CommandSpec, input: ParsedInput): void {
  const needed = spec.arguments.filter(({ optional }) => optional !== true);
  const missing = needed[input.args.length];
  if (missing !== undefined) {
    throw usageError(
      `${missing.name} is missing: ${missing.description}.`,
      "missing-argument",
      `Write kinko ${spec.name} ${spec.arguments.map(({ name }) => name).join(" ")}, or see kinko ${spec.name} --help.`,
    );
  }
  const last = spec.arguments.at(-1);
  if (last?.variadic !== true && input.args.length > spec.arguments.length) {
    throw usageError(
      `kinko ${spec.name} got more arguments than it takes.`,
      "too-many-arguments",
      spec.tooMany ?? `See kinko ${spec.name} --help.`,
    );
  }
  for (const [index, argument] of spec.arguments.entries()) {
    const value = input.args[index];
    if (value === undefined || argument.choices === undefined) continue;
    if (argument.choices.includes(value)) continue;
    throw usageError(
      `${argument.name} is not one that kinko ${spec.name} knows.`,
      "invalid-argument",
      `Choose one of ${argument.choices.join(", ")}.`,
    );
  }
}
