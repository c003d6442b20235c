import type { GlobalOptions, OptionSpec } from "../command.js";
import { usageError } from "../errors.js";
import type { ParsedInput } from "./parse-arguments.js";

/** Options of every command, before or after its name. */
export const globalOptionSpecs: readonly OptionSpec[] = [
  {
    name: "config",
    short: "c",
    value: "FILE",
    description: "config file to use",
    completes: "file",
  },
  {
    name: "store",
    value: "NAME",
    description: "entry of the config to use instead of its provider",
  },
  { name: "json", description: "machine-readable output" },
  { name: "plain", description: "one record per line, columns separated by tabs" },
  { name: "no-color", description: "no colours (also: NO_COLOR)" },
  { name: "quiet", short: "q", description: "no notes, only data and errors" },
  { name: "verbose", short: "v", description: "say more, and where an error arose" },
  { name: "timeout", value: "MS", description: "total time of a call, in milliseconds" },
  { name: "yes", short: "y", description: "answer confirmations with yes" },
  { name: "dry-run", description: "say what would change, and change nothing" },
  { name: "help", short: "h", description: "show help with examples" },
  { name: "version", description: "show the version" },
];

/** Longest time that a timer of Node takes. */
const maxTimeoutMs = 2 ** 31 - 1;

/** The global options of a command line. @throws CliError */
export function readGlobalOptions(input: ParsedInput): GlobalOptions {
  if (input.flag("json") && input.flag("plain")) {
    throw usageError(
      "--json and --plain exclude each other.",
      "conflicting-options",
      "Give one of them.",
    );
  }
  return {
    config: input.text("config"),
    store: input.text("store"),
    json: input.flag("json"),
    plain: input.flag("plain"),
    quiet: input.flag("quiet"),
    verbose: input.flag("verbose"),
    timeoutMs: readTimeout(input.text("timeout")),
    yes: input.flag("yes"),
    dryRun: input.flag("dry-run"),
  };
}

function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeoutMs = Number(text);
  if (/^\d+$/u.test(text) && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs) return timeoutMs;
  throw usageError(
    "--timeout wants a whole number of milliseconds.",
    "invalid-option-value",
    "Write for example --timeout 5000.",
  );
}
