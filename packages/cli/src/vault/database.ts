import type { DatabasesCapability } from "@kinko/provider-vault";
import type { CommandContext, OptionSpec } from "../command.js";
import { usageError } from "../errors.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { readFileBytes, readStdin, withoutLineEnd } from "../input/read-bytes.js";
import { askHidden, canAsk } from "../prompt/ask.js";

/** Another mount than `database`. */
export const databaseMountOption: OptionSpec = {
  name: "mount",
  value: "PATH",
  description: "path of the database engine (default database)",
};

/** The mount that the command line means. */
export function databaseMount(input: ParsedInput): string {
  return input.text("mount") ?? "database";
}

/** The engine that the command line means. */
export async function openDatabases(
  context: CommandContext,
  input: ParsedInput,
): Promise<DatabasesCapability> {
  return (await context.openStore()).as("databases").at(databaseMount(input));
}

/** The name that a verb is for. @throws CliError */
export function nameFor(input: ParsedInput, what: string): string {
  const name = input.args[1] ?? "";
  if (name !== "") return name;
  throw usageError(`${what} is missing.`, "missing-argument", "Name it after the verb.");
}

/** An option with SQL; it may be given several times, for several statements. */
export function statementOption(name: string, description: string): OptionSpec {
  return { name, value: "SQL", repeatable: true, description: `${description}; @FILE reads one` };
}

/** The statements of an option; undefined without it. @throws CliError (File) */
export async function statementsOf(
  { io }: CommandContext,
  input: ParsedInput,
  name: string,
): Promise<readonly string[] | undefined> {
  if (!input.flag(name)) return undefined;
  const statements: string[] = [];
  for (const text of input.list(name)) {
    // No statement begins with this sign.
    const read = text.startsWith("@") ? await readFileBytes(io, text.slice(1)) : undefined;
    statements.push(read === undefined ? text : withoutLineEnd(read).toString("utf8"));
  }
  return statements;
}

/** Advice against a password as an argument. */
export const passwordNotAnArgument =
  "A password as an argument is refused, since ps and the shell history would show it: pipe it in on stdin, use --password-file, or leave it out to be asked. If it was a real one, change it now.";

/** A password from a file, a prompt or stdin; never an argument. @throws CliError */
export async function readPassword(context: CommandContext, input: ParsedInput): Promise<string> {
  const { io } = context;
  const file = input.text("password-file");
  if (file === undefined && canAsk(io)) return askHidden(io, "Password of Vault's login");
  const bytes = file === undefined ? await readStdin(io) : await readFileBytes(io, file);
  try {
    const text = withoutLineEnd(bytes).toString("utf8");
    if (text !== "") return text;
  } finally {
    bytes.fill(0);
  }
  const where = file === undefined ? "on stdin" : "in the file";
  throw usageError(
    `No password came ${where}.`,
    "empty-value",
    "Pipe it in alone, or use --password-file.",
  );
}
