import type { DatabaseConnection, SslMode } from "@kinko/provider-vault";
import type { Command, CommandContext } from "../../../command.js";
import { usageError } from "../../../errors.js";
import { exitCodes } from "../../../exit-codes.js";
import { numberOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { readFileBytes } from "../../../input/read-bytes.js";
import { confirm } from "../../../prompt/ask.js";
import {
  databaseMountOption,
  nameFor,
  openDatabases,
  passwordNotAnArgument,
  readPassword,
  statementOption,
  statementsOf,
} from "../../../vault/database.js";
import { callOf } from "../../../vault/options.js";
import { pluginOptionsOf } from "../../../vault/plugin-options.js";
import { showFacts, showNames } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault db config",
    summary: summaries.config,
    details: [
      "The password of Vault's login comes from stdin, a prompt or --password-file. Vault logs in at once, and what does not work is refused. Afterwards, kinko vault db rotate-root makes the password Vault's alone.",
      "PostgreSQL has options of its own here; another plugin is named with --plugin, and takes --option NAME=VALUE in its own words. What is secret, such as a private key, comes from a file: NAME=@FILE.",
      "Writing a connection again replaces what has an option here. Vault keeps the rest, such as an --option that is left out, or that others set; --option NAME= takes one away, where the plugin lets it.",
    ],
    arguments: [
      {
        name: "VERB",
        description: "what to do",
        choices: ["write", "show", "list", "reset", "delete"],
      },
      { name: "NAME", optional: true, description: "name of the connection" },
    ],
    options: [
      { name: "host", value: "HOST", description: "where PostgreSQL is" },
      { name: "port", value: "PORT", description: "its port (default 5432)" },
      { name: "database", value: "NAME", description: "database to connect to" },
      { name: "username", value: "NAME", description: "login that makes the others" },
      {
        name: "password-file",
        value: "FILE",
        description: "where its password is",
        completes: "file",
      },
      {
        name: "allowed-role",
        value: "NAME",
        repeatable: true,
        description: "role that may use it",
      },
      {
        name: "ssl-mode",
        value: "MODE",
        description: "how the server is checked (default verify-full)",
        choices: ["disable", "require", "verify-ca", "verify-full"],
      },
      {
        name: "ca-file",
        value: "FILE",
        description: "authority of its certificate",
        completes: "file",
      },
      {
        name: "max-connections",
        value: "NUMBER",
        description: "most that Vault opens (default 4)",
      },
      { name: "password-policy", value: "NAME", description: "Vault policy for passwords" },
      statementOption("root-rotation", "statement that changes Vault's password"),
      { name: "no-verify", description: "do not log in now" },
      {
        name: "plugin",
        value: "NAME",
        description: "another plugin, such as mysql-database-plugin",
      },
      {
        name: "option",
        value: "NAME=VALUE",
        repeatable: true,
        description: "what the plugin takes; NAME=@FILE reads it",
      },
      databaseMountOption,
    ],
    examples: [
      {
        command:
          "kinko vault db config write shop --host db.example.com --database shop --username vault --allowed-role readonly",
        does: "asks for the password",
      },
      {
        command:
          "kinko vault db config write legacy --plugin mysql-database-plugin --username vault --allowed-role app --option 'connection_url={{username}}:{{password}}@tcp(db:3306)/' < password",
        does: "MySQL",
      },
      { command: "kinko vault db config show shop", does: "without the password" },
    ],
    tooMany: passwordNotAnArgument,
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const verb = input.args[0] as "write" | "show" | "list" | "reset" | "delete";
  const call = callOf(context);
  if (verb === "list") {
    const databases = await openDatabases(context, input);
    await showNames(context, "connections", await databases.listConnections(call));
    return exitCodes.Ok;
  }
  const name = nameFor(input, "NAME");
  if (verb === "write") {
    const connection = await connectionOf(context, input);
    const databases = await openDatabases(context, input);
    await databases.configureConnection(name, connection, { ...call, dryRun: globals.dryRun });
    output.note(globals.dryRun ? `Would write the connection ${name}.` : `Wrote ${name}.`);
    return exitCodes.Ok;
  }
  const databases = await openDatabases(context, input);
  const found = await databases.readConnection(name, call);
  if (verb === "show") await showFacts(context, { ...found });
  else if (globals.dryRun) output.note(`Would ${verb} the connection ${name}.`);
  else if (verb === "reset") {
    await databases.resetConnection(name, call);
    output.note(`Opened ${name} anew.`);
  } else {
    await confirm(
      io,
      globals.yes,
      `Remove the connection ${name}? Vault can then end none of its logins.`,
    );
    await databases.deleteConnection(name, call);
    output.note(`Removed ${name}.`);
  }
  return exitCodes.Ok;
}

async function connectionOf(
  context: CommandContext,
  input: ParsedInput,
): Promise<DatabaseConnection> {
  const base = {
    allowedRoles: input.list("allowed-role"),
    passwordPolicy: input.text("password-policy"),
    rootRotationStatements: await statementsOf(context, input, "root-rotation"),
    verify: input.flag("no-verify") ? false : undefined,
  };
  const username = input.text("username");
  const pluginName = input.text("plugin");
  const ownOptions = ["host", "port", "database", "ssl-mode", "ca-file", "max-connections"];
  const misplaced =
    pluginName === undefined ? ["option"] : ownOptions.filter((name) => input.flag(name));
  const wrong = misplaced.find((name) => input.flag(name));
  if (wrong !== undefined) throw misplacedOption(wrong, pluginName === undefined);
  if (pluginName !== undefined) {
    const options = await pluginOptionsOf(context.io, input);
    const password = username === undefined ? undefined : await readPassword(context, input);
    return { ...base, type: "plugin", pluginName, username, password, options };
  }
  const caFile = input.text("ca-file");
  const caCertificate =
    caFile === undefined ? undefined : (await readFileBytes(context.io, caFile)).toString("utf8");
  const postgres = {
    ...base,
    type: "postgresql" as const,
    host: needed(input, "host"),
    port: numberOf(input, "port"),
    database: needed(input, "database"),
    username: needed(input, "username"),
    sslMode: input.text("ssl-mode") as SslMode | undefined,
    caCertificate,
    maxOpenConnections: numberOf(input, "max-connections"),
  };
  return { ...postgres, password: await readPassword(context, input) };
}

function needed(input: ParsedInput, name: string): string {
  const value = input.text(name);
  if (value !== undefined) return value;
  throw usageError(
    `--${name} is missing.`,
    "missing-option",
    "PostgreSQL needs --host, --database and --username; another database needs --plugin.",
  );
}

function misplacedOption(name: string, isPostgres: boolean): Error {
  return usageError(
    `--${name} does not fit this kind of connection.`,
    "conflicting-options",
    isPostgres ? "--option is for a --plugin." : "With --plugin everything is an --option.",
  );
}
