import type { CommandContext } from "../command.js";
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

function words(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

function textOf(value: Facts[string]): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
