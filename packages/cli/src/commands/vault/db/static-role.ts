import type { StaticRole } from "@kinko/provider-vault";
import type { Command, CommandContext } from "../../../command.js";
import { usageError } from "../../../errors.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import {
  databaseMountOption,
  nameFor,
  openDatabases,
  statementOption,
  statementsOf,
} from "../../../vault/database.js";
import { callOf } from "../../../vault/options.js";
import { showFacts, showNames } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault db static-role",
    summary: summaries["static-role"],
    details: [
      "write of a new role, and rotate, change the password of the account at once: whoever uses the old one loses it, so kinko asks first. Writing a role again replaces it, and an option that is left out has its default again.",
    ],
    arguments: [
      {
        name: "VERB",
        description: "what to do",
        choices: ["write", "show", "list", "rotate", "delete"],
      },
      { name: "ROLE", optional: true, description: "name of the role" },
    ],
    options: [
      { name: "connection", value: "NAME", description: "connection that it uses" },
      { name: "username", value: "NAME", description: "account in the database" },
      { name: "period", value: "TIME", description: "time between changes, at least 5s" },
      statementOption("rotation", "statement that changes the password (default: the plugin's)"),
      databaseMountOption,
    ],
    examples: [
      {
        command:
          "kinko vault db static-role write reports --connection shop --username reports --period 24h",
        does: "Vault owns its password from now on",
      },
      { command: "kinko vault db static-role rotate reports", does: "a new password now" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const verb = input.args[0] as "write" | "show" | "list" | "rotate" | "delete";
  const call = callOf(context);
  if (verb === "list") {
    const databases = await openDatabases(context, input);
    await showNames(context, "roles", await databases.listStaticRoles(call));
    return exitCodes.Ok;
  }
  const name = nameFor(input, "ROLE");
  const databases = await openDatabases(context, input);
  if (verb === "write") {
    const role = await roleOf(context, input);
    await databases.createStaticRole(name, role, { ...call, dryRun: true });
    if (globals.dryRun) {
      output.note(`Would write the static role ${name}.`);
      return exitCodes.Ok;
    }
    await confirm(io, globals.yes, `Let Vault change the password of ${role.username} now?`);
    await databases.createStaticRole(name, role, call);
    output.note(`Wrote ${name}.`);
    return exitCodes.Ok;
  }
  const found = await databases.readStaticRole(name, call);
  if (verb === "show") await showFacts(context, { ...found });
  else if (globals.dryRun) output.note(`Would ${verb} the static role ${name}.`);
  else if (verb === "rotate") {
    await confirm(io, globals.yes, `Change the password of ${found.username} now?`);
    await databases.rotateStaticRole(name, call);
    output.note(`Rotated ${name}.`);
  } else {
    await confirm(
      io,
      globals.yes,
      `Remove the static role ${name}? The account stays, and nobody changes its password.`,
    );
    await databases.deleteStaticRole(name, call);
    output.note(`Removed ${name}.`);
  }
  return exitCodes.Ok;
}

async function roleOf(context: CommandContext, input: ParsedInput): Promise<StaticRole> {
  const connection = input.text("connection");
  const username = input.text("username");
  const rotationPeriodSeconds = durationOf(input, "period");
  const rotationStatements = await statementsOf(context, input, "rotation");
  if (connection !== undefined && username !== undefined && rotationPeriodSeconds !== undefined) {
    return { connection, username, rotationPeriodSeconds, rotationStatements };
  }
  throw usageError(
    "A static role needs --connection, --username and --period.",
    "missing-option",
    "Add what is missing.",
  );
}
