import type { Secret } from "@kinko/core";
import type { CommandContext, OptionSpec } from "../command.js";
import { writeFileAtomically } from "../files/write-file.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { formatPairs } from "../output/table.js";
import { printable } from "../output/output.js";

/** What is known of something: names as they are in JSON, and values. */
export type Facts = Readonly<
  Record<string, string | number | boolean | readonly string[] | Date | undefined>
>;

/** Writes facts as a table, records or JSON. */
export async function showFacts({ output, globals }: CommandContext, facts: Facts): Promise<void> {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  if (globals.json) {
    await output.json(Object.fromEntries(known));
    return;
  }
  const pairs = known.map(([name, value]): [string, string] => [words(name), textOf(value)]);
  if (globals.plain) await output.records(pairs);
  else await output.data(formatPairs(pairs, output.style));
}

/** Names, one a line. */
export async function showNames(
  { output, globals }: CommandContext,
  field: string,
  names: readonly string[],
): Promise<void> {
  const sorted = [...names].sort();
  if (globals.json) await output.json({ [field]: sorted });
  else await output.data(sorted.map((name) => `${printable(name)}\n`).join(""));
}

/** How a secret that a command makes leaves it. */
export const secretOptions: readonly OptionSpec[] = [
  {
    name: "out",
    short: "o",
    value: "FILE",
    description: "write it to a file that only you can read",
    completes: "file",
  },
  { name: "reveal", description: "write it to stdout, and nothing else" },
];

/** Hands a secret out as the options say, else masks it; the facts are shown unless it is alone. */
export async function deliverSecret(
  context: CommandContext,
  input: ParsedInput,
  secret: Secret,
  facts: Facts & { readonly [name: string]: Facts[string] },
): Promise<void> {
  const { io, output, globals } = context;
  const file = input.text("out");
  const bytes = secret.bytes();
  try {
    if (file !== undefined) {
      await writeFileAtomically(file, bytes, { cwd: io.cwd });
      output.note(`Wrote it to ${file}, readable only by you.`);
      await showFacts(context, facts);
    } else if (input.flag("reveal") && globals.json) {
      await showFacts(context, { ...facts, value: bytes.toString("utf8") });
    } else if (input.flag("reveal")) {
      await output.data(bytes);
      if (bytes.at(-1) !== 0x0a) await output.data("\n");
    } else {
      await showFacts(context, facts);
      output.note("It is not shown, and cannot be had again: add --reveal or --out FILE.");
    }
  } finally {
    bytes.fill(0);
  }
}

function words(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

function textOf(value: Facts[string]): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
