import type { DatabaseRole } from "@kinko/provider-vault";
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
import { callOf, ttlOption } from "../../../vault/options.js";
import { showFacts, showNames } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault db role",
    summary: summaries.role,
    details: [
      "SQL is checked before anything is sent: it needs \"{{name}}\", '{{password}}' and '{{expiration}}', quoted so that nothing in them can be read as SQL.",
      "Writing a role again replaces it: an option that is left out has its default again.",
    ],
    arguments: [
      { name: "VERB", description: "what to do", choices: ["write", "show", "list", "delete"] },
      { name: "ROLE", optional: true, description: "name of the role" },
    ],
    options: [
      { name: "connection", value: "NAME", description: "connection that it uses" },
      statementOption("creation", "statement that makes a login"),
      statementOption("revocation", "statement that ends it (default: the plugin's)"),
      statementOption("renew", "statement that prolongs it (default: the plugin's)"),
      statementOption("rollback", "statement that undoes half a creation"),
      { ...ttlOption, description: "life until it is renewed, such as 1h" },
      { name: "max-ttl", value: "TIME", description: "longest life, such as 24h" },
      {
        name: "no-expiration",
        description: "for a database whose logins have no end of their own",
      },
      { name: "no-check", description: "for a plugin whose statements are no SQL" },
      databaseMountOption,
    ],
    examples: [
      {
        command: `kinko vault db role write readonly --connection shop --ttl 1h --max-ttl 24h --creation @readonly.sql`,
        does: "with the SQL of a file",
      },
      { command: "kinko vault db role show readonly --json", does: "what Vault has" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const verb = input.args[0] as "write" | "show" | "list" | "delete";
  const call = callOf(context);
  if (verb === "list") {
    const databases = await openDatabases(context, input);
    await showNames(context, "roles", await databases.listRoles(call));
    return exitCodes.Ok;
  }
  const name = nameFor(input, "ROLE");
  if (verb === "write") {
    const role = await roleOf(context, input);
    const databases = await openDatabases(context, input);
    await databases.createRole(name, role, { ...call, dryRun: globals.dryRun });
    output.note(globals.dryRun ? `Would write the role ${name}.` : `Wrote ${name}.`);
    return exitCodes.Ok;
  }
  const databases = await openDatabases(context, input);
  const found = await databases.readRole(name, call);
  if (verb === "show") await showFacts(context, { ...found });
  else if (globals.dryRun) output.note(`Would remove the role ${name}.`);
  else {
    await confirm(
      io,
      globals.yes,
      `Remove the role ${name}? Logins that it made stay until their leases end.`,
    );
    await databases.deleteRole(name, call);
    output.note(`Removed ${name}.`);
  }
  return exitCodes.Ok;
}

async function roleOf(context: CommandContext, input: ParsedInput): Promise<DatabaseRole> {
  const connection = input.text("connection");
  const creationStatements = await statementsOf(context, input, "creation");
  if (connection === undefined || creationStatements === undefined) {
    throw usageError(
      "A role needs --connection and --creation.",
      "missing-option",
      "Name the connection, and write the SQL that makes a login, or @FILE.",
    );
  }
  return {
    connection,
    creationStatements,
    revocationStatements: await statementsOf(context, input, "revocation"),
    renewStatements: await statementsOf(context, input, "renew"),
    rollbackStatements: await statementsOf(context, input, "rollback"),
    defaultTtlSeconds: durationOf(input, "ttl"),
    maxTtlSeconds: durationOf(input, "max-ttl"),
    requireExpiration: !input.flag("no-expiration"),
    checkStatements: !input.flag("no-check"),
  };
}
