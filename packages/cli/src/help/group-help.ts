import type { CommandGroup } from "../command.js";
import { sentence, wrap } from "./text.js";

/** The help of a group: its members and examples. */
export function groupHelp(group: CommandGroup): string {
  const width = Math.max(...Object.keys(group.members).map((name) => name.length));
  const lines = Object.entries(group.members).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`,
  );
  return [
    `${sentence(group.summary)}\n`,
    `Usage: kinko ${group.name} COMMAND [options]\n`,
    ...(group.details ?? []).map((paragraph) => `${wrap(paragraph, 78)}\n`),
    `Commands:\n${lines.join("")}`,
    `Examples:\n${group.examples.map(({ command, does }) => `  # ${does}\n  ${command}\n`).join("")}`,
    `kinko ${group.name} COMMAND --help explains a command.\n`,
  ].join("\n");
}
