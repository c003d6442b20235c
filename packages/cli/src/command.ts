import type { SecretStore } from "@kinko/core";
import type { LoadedConfig } from "@kinko/core/config";
import type { ParsedInput } from "./input/parse-arguments.js";
import type { CliIo } from "./io.js";
import type { Output } from "./output/output.js";

/** What a word of the command line may be completed with. */
export type CompletionKind = "secret" | "folder" | "file";

/** One option of a command. */
export interface OptionSpec {
  /** Long name without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** Placeholder of its value, such as `FILE`; absent for a switch. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly description: string;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  readonly completes?: CompletionKind;
}

/** One positional argument of a command. */
export interface ArgumentSpec {
  /** As shown in help, such as `REF`. */
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  /** Takes all that follow; only for the last one. */
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: CompletionKind;
}

/** A line of the examples in the help. */
export interface Example {
  readonly command: string;
  readonly does: string;
}

/** A command as help, parser and shell completion see it: one description for all three. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs beneath the usage line. */
  readonly details?: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** What may follow `--`, such as `COMMAND ARGS…`; absent when nothing may. */
  readonly rest?: string;
  /** Advice for an argument too many; it must not repeat the argument. */
  readonly tooMany?: string;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly config: string | undefined;
  /** Entry of the config to use instead of its `provider`. */
  readonly store: string | undefined;
  readonly json: boolean;
  readonly plain: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly timeoutMs: number | undefined;
  /** Answers every confirmation with yes. */
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly globals: GlobalOptions;
  readonly output: Output;
  /** The store that the config names, opened once; closed after the command. */
  openStore(): Promise<SecretStore>;
  loadConfig(): Promise<LoadedConfig>;
}

/** A command: what it is called with, and what it does. `run` returns the exit code. */
export interface Command {
  readonly spec: CommandSpec;
  run(context: CommandContext, input: ParsedInput): Promise<number>;
}

/**
 * Commands that share a first word, such as `kinko vault …`; a member may be a group again. By
 * convention a folder of `commands` with `summaries.ts`, `group.ts` and a file for each member.
 */
export interface CommandGroup {
  /** All words, such as `vault db`. */
  readonly name: string;
  readonly summary: string;
  /** Paragraphs beneath the usage line. */
  readonly details?: readonly string[];
  readonly members: Readonly<Record<string, GroupMember>>;
  readonly examples: readonly Example[];
}

/** One member of a group; its module loads only when it is called or completed. */
export interface GroupMember {
  /** The line of the group's help. */
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** What a module beneath `commands` exports. */
export type CommandModule = { readonly command: Command } | { readonly group: CommandGroup };
