import type { CommandContext } from "./command.js";
import { findCommand, type FoundCommand } from "./commands/find-command.js";
import { commandNames, isCommandName } from "./commands/summaries.js";
import { createContext } from "./context.js";
import { PipeClosedError, usageError } from "./errors.js";
import { exitCodes } from "./exit-codes.js";
import { readGlobalOptions } from "./input/global-options.js";
import { findCommandName, parseArguments } from "./input/parse-arguments.js";
import type { CliIo } from "./io.js";
import { createOutput, writeQuietly } from "./output/output.js";
import { loadStyle, wantsColour } from "./output/style.js";

/**
 * Runs one command line and returns the exit code. It never throws, never ends the process, and
 * touches nothing but `io` and what the command is for.
 *
 * @param argv words after the program's name, such as `["get", "prod/app/db"]`
 * @example
 * process.exitCode = await main(process.argv.slice(2), processIo());
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  let open: (CommandContext & { close(): Promise<void> }) | undefined;
  try {
    const found = await findCommand(spelledOut(argv));
    if (found.kind === "none") return await withoutCommand(argv, io);
    if (found.kind === "unknown") return await hiddenCommand(found.word, found.others, io);
    if (found.kind === "group") return await groupAlone(found, io);
    const { command, others } = found;
    const input = await parseArguments(command.spec, others);
    if (input.flag("help")) {
      const { writeCommandHelp } = await import("./help/command-help.js");
      return await writeCommandHelp(command.spec, io);
    }
    open = await createContext(io, readGlobalOptions(input), input.flag("no-color"));
    return await command.run(open, input);
  } catch (error) {
    return await failed(error, argv, io);
  } finally {
    // Its own failure must not hide how the command ended.
    await open?.close().catch(() => undefined);
  }
}

/** `help COMMAND` is `COMMAND --help`. */
function spelledOut(argv: readonly string[]): readonly string[] {
  const { name, others } = findCommandName(argv);
  const topic = name === "help" ? findCommandName(others).name : undefined;
  return topic !== undefined && isCommandName(topic) ? [...others, "--help"] : argv;
}

/** A group without a member that it knows: its help where that was asked for, else a mistake. */
async function groupAlone(
  { group, unknown, others }: Extract<FoundCommand, { kind: "group" }>,
  io: CliIo,
): Promise<number> {
  const { groupHelp } = await import("./help/group-help.js");
  if (others.includes("--help") || others.includes("-h")) {
    await createOutput(io, { quiet: false }).data(groupHelp(group));
    return exitCodes.Ok;
  }
  if (unknown === undefined) {
    writeQuietly(io.stderr, groupHelp(group));
    return exitCodes.Usage;
  }
  const { didYouMean } = await import("./suggest.js");
  // See hiddenCommand: the word itself may be anything.
  throw usageError(
    `This is not a command of kinko ${group.name}.${didYouMean(unknown, Object.keys(group.members))}`,
    "unknown-command",
    `Run kinko ${group.name} --help to see them.`,
  );
}

async function withoutCommand(argv: readonly string[], io: CliIo): Promise<number> {
  const { mainHelp, writeMainHelp } = await import("./help/main-help.js");
  if (argv.includes("--version")) {
    const { readVersion } = await import("./version.js");
    await createOutput(io, { quiet: false }).data(`${readVersion()}\n`);
    return exitCodes.Ok;
  }
  if (argv.includes("--help") || argv.includes("-h")) return await writeMainHelp(io);
  if (argv.length === 0) {
    writeQuietly(io.stderr, mainHelp());
    return exitCodes.Usage;
  }
  throw usageError("There is no command.", "missing-command", "Run kinko --help to see them.");
}

/** What shells call to complete a line; every other name is a mistake. */
async function hiddenCommand(name: string, others: readonly string[], io: CliIo): Promise<number> {
  if (name === "complete") {
    const { complete } = await import("./completion/complete.js");
    return complete(others, io);
  }
  const { didYouMean } = await import("./suggest.js");
  // What is near to no command may be anything, also a secret in the wrong place.
  throw usageError(
    `This is not a command of kinko.${didYouMean(name, commandNames)}`,
    "unknown-command",
    "Run kinko --help to see the commands.",
  );
}

async function failed(error: unknown, argv: readonly string[], io: CliIo): Promise<number> {
  if (error instanceof PipeClosedError) return exitCodes.PipeClosed;
  const { reportError } = await import("./output/report-error.js");
  // The command line may be what is wrong, so it is looked at without its parser.
  const end = argv.indexOf("--");
  const own = end === -1 ? argv : argv.slice(0, end);
  const colour = wantsColour(io.stderr.isTTY, io.env, own.includes("--no-color"));
  return reportError(error, io, {
    json: own.includes("--json"),
    verbose: own.includes("--verbose") || own.includes("-v"),
    style: await loadStyle(colour),
  });
}
