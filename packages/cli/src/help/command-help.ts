import type { CommandSpec, OptionSpec } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { globalOptionSpecs } from "../input/global-options.js";
import type { CliIo } from "../io.js";
import { createOutput } from "../output/output.js";
import { sentence, wrap } from "./text.js";

/** Writes the help of a command to stdout. */
export async function writeCommandHelp(spec: CommandSpec, io: CliIo): Promise<number> {
  await createOutput(io, { quiet: false }).data(commandHelp(spec));
  return exitCodes.Ok;
}

/** The help of a command: usage, arguments, options and examples. */
export function commandHelp(spec: CommandSpec): string {
  const sections = [
    `${sentence(spec.summary)}\n`,
    `Usage: ${usage(spec)}\n`,
    ...(spec.details ?? []).map((paragraph) => `${wrap(paragraph, 78)}\n`),
    section(
      "Arguments",
      spec.arguments.map(({ name, description, choices }) => [
        name,
        withChoices(description, choices),
      ]),
    ),
    section("Options", spec.options.map(optionLine)),
    section("Global options", globalOptionSpecs.map(optionLine)),
    `Examples:\n${spec.examples.map(({ command, does }) => `  # ${does}\n  ${command}\n`).join("")}`,
  ];
  return sections.filter((text) => text !== "").join("\n");
}

/** The usage line of a command. */
export function usage(spec: CommandSpec): string {
  const words = spec.arguments.map(({ name, optional, variadic }) => {
    const word = variadic === true ? `${name}…` : name;
    return optional === true ? `[${word}]` : word;
  });
  return [
    "kinko",
    spec.name,
    ...words,
    "[options]",
    ...(spec.rest === undefined ? [] : [`-- ${spec.rest}`]),
  ].join(" ");
}

function optionLine(option: OptionSpec): [string, string] {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` ${option.value}`;
  const often = option.repeatable === true ? " (may be repeated)" : "";
  return [
    `${short}--${option.name}${value}`,
    `${withChoices(option.description, option.choices)}${often}`,
  ];
}

function withChoices(description: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? description : `${description}: ${choices.join(", ")}`;
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`);
  return `${title}:\n${lines.join("")}`;
}
