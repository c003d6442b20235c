import type { VersionInfo } from "@kinko/core";
import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { formatTable } from "../output/table.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "versions",
    summary: summaries.versions,
    details: ["Newest first, without values. Read one with kinko get REF@VERSION."],
    arguments: [{ name: "REF", description: "path of the secret", completes: "secret" }],
    options: [],
    examples: [
      { command: "kinko versions prod/app/db", does: "the history of a secret" },
      { command: "kinko versions prod/app/db --json", does: "the same for a script" },
    ],
  },
  run: versions,
};

async function versions(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const store = await context.openStore();
  const found = await store.versions(input.args[0] as string);
  if (globals.json) {
    await output.json(
      found.map(({ id, state, current, createdAt, deletedAt, stages }) => ({
        id,
        state,
        current,
        createdAt: createdAt?.toISOString() ?? null,
        deletedAt: deletedAt?.toISOString() ?? null,
        stages,
      })),
    );
  } else if (globals.plain) {
    await output.records(found.map(row));
  } else {
    const heading = ["VERSION", "STATE", "CURRENT", "CREATED", "DELETED", "STAGES"];
    await output.data(formatTable(heading, found.map(row), output.style));
  }
  return exitCodes.Ok;
}

function row(version: VersionInfo): string[] {
  return [
    version.id,
    version.state,
    version.current ? "yes" : "",
    version.createdAt?.toISOString() ?? "",
    version.deletedAt?.toISOString() ?? "",
    version.stages.join(","),
  ];
}
