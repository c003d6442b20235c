import { describe, expect, test } from "vitest";
import type { Command, CommandGroup, CommandModule } from "../../src/command.js";
import { findCommand } from "../../src/commands/find-command.js";
import { groupHelp } from "../../src/help/group-help.js";

const command = (name: string): Command => ({
  spec: { name, summary: `do ${name}`, arguments: [], options: [], examples: [] },
  run: () => Promise.resolve(0),
});
const loaded: string[] = [];
const module = (name: string, found: CommandModule) => (): Promise<CommandModule> => {
  loaded.push(name);
  return Promise.resolve(found);
};
const member = (name: string, found: CommandModule = { command: command(name) }) => ({
  summary: `do ${name}`,
  load: module(name, found),
});
const inner: CommandGroup = {
  name: "box lid",
  summary: "handle the lid",
  members: { open: member("box lid open"), shut: member("box lid shut") },
  examples: [{ command: "kinko box lid open", does: "look inside" }],
};
const outer: CommandGroup = {
  name: "box",
  summary: "handle a box",
  members: { lid: member("box lid", { group: inner }), list: member("box list") },
  examples: [{ command: "kinko box list", does: "all boxes" }],
};
const table = {
  get: module("get", { command: command("get") }),
  box: module("box", { group: outer }),
};

describe("a command line with groups", () => {
  test.each([
    [["get", "a"], "get", ["a"]],
    [["box", "list", "--json"], "box list", ["--json"]],
    [["box", "lid", "open", "a", "b"], "box lid open", ["a", "b"]],
    [
      ["--config", "f", "box", "--json", "lid", "open"],
      "box lid open",
      ["--config", "f", "--json"],
    ],
  ])("%j leads to the command", async (argv, name, others) => {
    const found = await findCommand(argv, table);
    expect(found).toMatchObject({ kind: "command", others, command: { spec: { name } } });
  });

  test.each([
    [["box"], "box", undefined],
    [["box", "lid"], "box lid", undefined],
    [["box", "--help"], "box", undefined],
    [["box", "lid", "opne", "x"], "box lid", "opne"],
    [["box", "constructor"], "box", "constructor"],
  ])("%j ends at a group", async (argv, name, unknown) => {
    expect(await findCommand(argv, table)).toMatchObject({
      kind: "group",
      group: { name },
      unknown,
    });
  });

  test.each([[["gett"]], [["toString"]]])("%j is unknown", async (argv) => {
    expect(await findCommand(argv, table)).toMatchObject({ kind: "unknown", word: argv[0] });
  });

  test("an empty one is nothing", async () => {
    expect(await findCommand(["--json"], table)).toEqual({ kind: "none" });
  });

  test("loads nothing beside its way", async () => {
    loaded.length = 0;
    await findCommand(["box", "lid", "shut"], table);
    expect(loaded).toEqual(["box", "box lid", "box lid shut"]);
  });

  test("the help of a group lists its members", () => {
    expect(groupHelp(outer)).toBe(`Handle a box.

Usage: kinko box COMMAND [options]

Commands:
  lid   do box lid
  list  do box list

Examples:
  # all boxes
  kinko box list

kinko box COMMAND --help explains a command.
`);
  });
});
