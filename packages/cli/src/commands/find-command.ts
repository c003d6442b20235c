import type { Command, CommandGroup, CommandModule } from "../command.js";
import { findCommandName } from "../input/parse-arguments.js";
import { commandNames } from "./summaries.js";
import { commandTable } from "./table.js";

/** What the first words of a command line lead to. */
export type FoundCommand =
  | { readonly kind: "command"; readonly command: Command; readonly others: readonly string[] }
  | {
      readonly kind: "group";
      readonly group: CommandGroup;
      /** The word that is no member; undefined when the line ends before one. */
      readonly unknown: string | undefined;
      readonly others: readonly string[];
    }
  | { readonly kind: "unknown"; readonly word: string; readonly others: readonly string[] }
  | { readonly kind: "none" };

/**
 * Follows the words of a command line through the groups down to a command, and loads nothing
 * beside it.
 */
export async function findCommand(
  argv: readonly string[],
  table: Readonly<Record<string, () => Promise<CommandModule>>> = commandTable,
): Promise<FoundCommand> {
  const first = findCommandName(argv);
  if (first.name === undefined) return { kind: "none" };
  const load = ownMember(table, first.name);
  if (load === undefined) return { kind: "unknown", word: first.name, others: first.others };
  let found = await load();
  let { others } = first;
  while ("group" in found) {
    const { group } = found;
    const next = findCommandName(others);
    const member = ownMember(group.members, next.name);
    if (member === undefined) return { kind: "group", group, unknown: next.name, others };
    others = next.others;
    found = await member.load();
  }
  return { kind: "command", command: found.command, others };
}

/** A typed word such as `constructor` is no member. */
function ownMember<Member>(
  members: Readonly<Record<string, Member>>,
  word: string | undefined,
): Member | undefined {
  return word !== undefined && Object.hasOwn(members, word) ? members[word] : undefined;
}

/** All commands with their words, those of groups as well, in the order of the help. */
export async function allCommands(): Promise<
  readonly { readonly words: string; readonly command: Command }[]
> {
  const under = async (
    words: string,
    module: CommandModule,
  ): Promise<readonly { readonly words: string; readonly command: Command }[]> => {
    if ("command" in module) return [{ words, command: module.command }];
    const members = Object.entries(module.group.members);
    const found = members.map(async ([word, { load }]) => under(`${words} ${word}`, await load()));
    return (await Promise.all(found)).flat();
  };
  const found = commandNames.map(async (name) => under(name, await commandTable[name]()));
  return (await Promise.all(found)).flat();
}
