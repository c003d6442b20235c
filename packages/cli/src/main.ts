import type { CommandContext } from "./command.js";
import { commandNames, isCommandName } from "./commands/summaries.js";
import { commandTable } from "./commands/table.js";
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
    const { name, others } = spelledOut(findCommandName(argv));
    if (name === undefined) return await withoutCommand(argv, io);
    if (!isCommandName(name)) return await hiddenCommand(name, others, io);
    const { command } = await commandTable[name]();
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
function spelledOut(found: ReturnType<typeof findCommandName>): typeof found {
  const [topic, ...more] = found.others;
  if (found.name !== "help" || topic === undefined || !isCommandName(topic)) return found;
  return { name: topic, others: [...more, "--help"] };
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
