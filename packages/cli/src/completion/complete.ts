import type { ArgumentSpec, CommandSpec, CompletionKind, OptionSpec } from "../command.js";
import { findCommand } from "../commands/find-command.js";
import { commandNames, summaries } from "../commands/summaries.js";
import { exitCodes } from "../exit-codes.js";
import { globalOptionSpecs } from "../input/global-options.js";
import type { CliIo } from "../io.js";
import { createOutput } from "../output/output.js";
import { storeNames } from "./store-names.js";

/** A line for the shell: what may be typed, and what it is. */
interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** Asks the shell to complete names of files. */
const files: readonly Candidate[] = [{ value: ":files" }];

/**
 * Answers a shell: `complete -- WORD… CURRENT` prints what CURRENT may become, one a line, the
 * description behind a tabulator. It never fails and says nothing on stderr: whoever presses the
 * tabulator wants a word, not a diagnosis.
 */
export async function complete(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    const words = argv[0] === "--" ? argv.slice(1) : argv;
    const current = words.at(-1) ?? "";
    const found = await candidates(words.slice(0, -1), current, io);
    const lines = found
      .filter(({ value }) => value.startsWith(current) || value === ":files")
      .map(({ value, description }) =>
        description === undefined ? `${value}\n` : `${value}\t${description}\n`,
      );
    await createOutput(io, { quiet: true }).data(lines.join(""));
  } catch {
    // See above: no candidates is the answer.
  }
  return exitCodes.Ok;
}

async function candidates(
  before: readonly string[],
  current: string,
  io: CliIo,
): Promise<readonly Candidate[]> {
  if (before.includes("--")) return files;
  const found = await findCommand(before);
  if (found.kind !== "command") {
    const wanted = valueWanted(globalOptionSpecs, before.at(-1));
    if (wanted !== undefined) return valuesOf(wanted, current, before, io);
    if (found.kind === "unknown") return [];
    if (found.kind === "group" && found.unknown !== undefined) return [];
    if (current.startsWith("-")) return globalOptionSpecs.map(optionCandidate);
    return found.kind === "group"
      ? Object.entries(found.group.members).map(([value, { summary }]) => ({
          value,
          description: summary,
        }))
      : commandNames.map((value) => ({ value, description: summaries[value] }));
  }
  const { others } = found;
  const { spec } = found.command;
  const options = [...spec.options, ...globalOptionSpecs];
  const wanted = valueWanted(options, before.at(-1));
  if (wanted !== undefined) return valuesOf(wanted, current, before, io);
  if (current.startsWith("--") && current.includes("=")) return inlineValues(options, current);
  if (current.startsWith("-")) return options.map(optionCandidate);
  const argument = argumentAt(spec, positionals(others, options));
  return argument === undefined ? [] : valuesOf(argument, current, before, io);
}

function optionCandidate({ name, description }: OptionSpec): Candidate {
  return { value: `--${name}`, description };
}

/** The option that waits for its value, if the word before is one. */
function valueWanted(
  options: readonly OptionSpec[],
  before: string | undefined,
): OptionSpec | undefined {
  return options.find(
    ({ name, short, value }) =>
      value !== undefined &&
      (before === `--${name}` || (short !== undefined && before === `-${short}`)),
  );
}

function inlineValues(options: readonly OptionSpec[], current: string): Candidate[] {
  const written = current.slice(0, current.indexOf("="));
  const option = options.find(({ name }) => `--${name}` === written);
  return (option?.choices ?? []).map((choice) => ({ value: `${written}=${choice}` }));
}

/** How many positional arguments come before the current word. */
function positionals(words: readonly string[], options: readonly OptionSpec[]): number {
  return words.filter(
    (word, index) => !word.startsWith("-") && valueWanted(options, words[index - 1]) === undefined,
  ).length;
}

function argumentAt({ arguments: specs }: CommandSpec, index: number): ArgumentSpec | undefined {
  const last = specs.at(-1);
  return specs[index] ?? (last?.variadic === true ? last : undefined);
}

async function valuesOf(
  wanted: { readonly choices?: readonly string[]; readonly completes?: CompletionKind },
  current: string,
  before: readonly string[],
  io: CliIo,
): Promise<readonly Candidate[]> {
  if (wanted.choices !== undefined) return wanted.choices.map((value) => ({ value }));
  switch (wanted.completes) {
    case "file":
      return files;
    case "secret":
    case "folder":
      return (await storeNames(wanted.completes, current, before, io)).map((value) => ({ value }));
    default:
      return [];
  }
}
