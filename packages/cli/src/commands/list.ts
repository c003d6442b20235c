import { formatPath, type ListItem } from "@kinko/core";
import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { printable } from "../output/output.js";
import { summaries } from "./summaries.js";

/** Up to so many names are sorted; beyond, they are written as they come, in constant memory. */
const maxSorted = 10_000;

export const command: Command = {
  spec: {
    name: "list",
    summary: summaries.list,
    details: [
      "Names are written one a line, sorted up to 10,000 and beyond that as the store delivers them. Soft-deleted names are marked; --json and --plain leave them out unless --deleted.",
    ],
    arguments: [
      {
        name: "PREFIX",
        optional: true,
        description: "only what is beneath, in whole segments",
        completes: "folder",
      },
    ],
    options: [
      { name: "no-recursive", description: "only the level beneath; folders end with /" },
      { name: "deleted", description: "soft-deleted names as well, in --json and --plain" },
      { name: "long", short: "l", description: "with --json: objects instead of names" },
    ],
    examples: [
      { command: "kinko list", does: "all names" },
      { command: "kinko list prod/app --no-recursive", does: "one level, with its folders" },
      { command: "kinko list prod --json", does: "an array of names, for a script" },
    ],
  },
  run: list,
};

interface Shown {
  readonly name: string;
  readonly item: ListItem;
}

async function list(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const store = await context.openStore();
  const prefix = input.args[0];
  const machine = globals.json || globals.plain;
  const withDeleted = !machine || input.flag("deleted");
  const writer = globals.json ? jsonWriter(context, input.flag("long")) : lineWriter(context);
  let held: Shown[] | undefined = [];
  let count = 0;
  for await (const item of store.list({ prefix, recursive: !input.flag("no-recursive") })) {
    if (item.deleted === true && !withDeleted) continue;
    count += 1;
    const shown = { name: formatPath(item.path) + (item.type === "folder" ? "/" : ""), item };
    if (held === undefined) {
      await writer.write([shown]);
      continue;
    }
    held.push(shown);
    if (held.length < maxSorted) continue;
    await writer.write(held);
    held = undefined;
  }
  await writer.write((held ?? []).sort((left, right) => (left.name < right.name ? -1 : 1)));
  await writer.end();
  if (count === 0 && !globals.json) {
    output.note(`There are no secrets${prefix === undefined ? "" : ` beneath ${prefix}`}.`);
  }
  return exitCodes.Ok;
}

interface Writer {
  write(items: readonly Shown[]): Promise<void>;
  end(): Promise<void>;
}

function lineWriter({ output, globals }: CommandContext): Writer {
  const { style } = output;
  const line = ({ name, item }: Shown): string => {
    // Another tool may have written names that a terminal would act on.
    const safe = printable(name);
    if (globals.plain) return `${safe}\n`;
    const text = item.type === "folder" ? style.cyan(safe) : safe;
    return item.deleted === true ? `${style.dim(`${safe}  (deleted)`)}\n` : `${text}\n`;
  };
  return {
    write: (items) =>
      items.length === 0 ? Promise.resolve() : output.data(items.map(line).join("")),
    end: () => Promise.resolve(),
  };
}

function jsonWriter({ output }: CommandContext, long: boolean): Writer {
  let separator = "[\n  ";
  return {
    async write(items) {
      for (const { name, item } of items) {
        const value = long
          ? { name: formatPath(item.path), type: item.type, deleted: item.deleted ?? false }
          : name;
        await output.data(`${separator}${JSON.stringify(value)}`);
        separator = ",\n  ";
      }
    },
    end: () => output.data(separator.startsWith("[") ? "[]\n" : "\n]\n"),
  };
}
