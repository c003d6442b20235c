import { expect, test } from "vitest";
import type { CommandModule, Example } from "../../src/command.js";
import { findCommand } from "../../src/commands/find-command.js";
import { commandTable } from "../../src/commands/table.js";
import { parseArguments } from "../../src/input/parse-arguments.js";

/** Examples of a command or group, and of all beneath. */
async function examplesOf(module: CommandModule): Promise<readonly Example[]> {
  if ("command" in module) return module.command.spec.examples;
  const { examples, members } = module.group;
  const below = Object.values(members).map(async ({ load }) => examplesOf(await load()));
  return [...examples, ...(await Promise.all(below)).flat()];
}

/** The words of each kinko in a line of a shell. */
function commandLines(line: string): string[][] {
  return [...line.matchAll(/\bkinko ((?:"[^"]*"|'[^']*'|[^"'|<>&;)])*)/gu)].map(([, text = ""]) =>
    [...text.matchAll(/"[^"]*"|'[^']*'|\S+/gu)].map(([word]) =>
      word.replaceAll(/^["']|["']$/gu, ""),
    ),
  );
}

const modules = await Promise.all(Object.values(commandTable).map((load) => load()));
const examples = (await Promise.all(modules.map(examplesOf))).flat().map(({ command }) => command);
const lines = [...new Set(examples)].filter((command) => command.includes("kinko "));

test("there are examples in plenty", () => {
  expect(lines.length).toBeGreaterThan(100);
});

test.each(lines)("%s is a command line that kinko takes", async (line) => {
  const found = commandLines(line);
  expect(found.length).toBeGreaterThan(0);
  for (const words of found) {
    const command = await findCommand(words);
    if (command.kind !== "command") throw new Error(`It leads to ${command.kind}.`);
    await expect(parseArguments(command.command.spec, command.others)).resolves.toBeDefined();
  }
});
