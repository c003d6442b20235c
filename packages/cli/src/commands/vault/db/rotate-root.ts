import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import { databaseMountOption, openDatabases } from "../../../vault/database.js";
import { callOf } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault db rotate-root",
    summary: summaries["rotate-root"],
    details: [
      "There is no way back: nobody can read the new password, Vault included what it tells. Make sure that another login of the database can set it anew.",
    ],
    arguments: [{ name: "NAME", description: "name of the connection" }],
    options: [databaseMountOption],
    examples: [{ command: "kinko vault db rotate-root shop", does: "asks first" }],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const name = input.args[0] as string;
  const databases = await openDatabases(context, input);
  // A name that is wrong is told before the question.
  const { username } = await databases.readConnection(name, callOf(context));
  const login = username === undefined ? "Vault's own login" : `the login ${username}`;
  if (globals.dryRun) {
    output.note(`Would change the password of ${login} at ${name}.`);
    return exitCodes.Ok;
  }
  await confirm(
    io,
    globals.yes,
    `Change the password of ${login} to one that only Vault knows? This cannot be taken back.`,
  );
  await databases.rotateRoot(name, callOf(context));
  output.note(`Only Vault knows the password of ${login} now.`);
  return exitCodes.Ok;
}
