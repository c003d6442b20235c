import type { WatchEvent } from "@kinko/delivery";
import type { CommandContext } from "../command.js";
import { printable } from "../output/output.js";

/** What became of the command that is watched for. */
export type CommandEvent =
  | { readonly type: "restarted" | "unchanged" }
  | { readonly type: "signalled"; readonly signal: string }
  | { readonly type: "environment-unreadable"; readonly code: string };

/** Tells what happens, one line each. */
export interface WatchReporter {
  tell(event: WatchEvent | CommandEvent): Promise<void>;
}

/** @param hasCommand stdout is the command's then */
export function reporterOf(
  { io, globals, output }: CommandContext,
  hasCommand: boolean,
): WatchReporter {
  return {
    async tell(event) {
      const at = new Date(io.clock.now()).toISOString();
      if (globals.json) {
        await output.data(`${JSON.stringify({ at, ...event })}\n`);
        return;
      }
      if ("ref" in event) {
        const { type, version } = event;
        const words = [at, type, printable(event.ref)];
        if (version !== undefined) words.push(`version ${printable(version)}`);
        if (hasCommand) output.note(words.join(" "));
        else await output.data(`${words.join(" ")}\n`);
      } else if (event.type === "outage") {
        const seconds = Math.ceil(event.retryInMs / 1_000);
        output.warn(`The store cannot be asked (${event.code}); the next try is in ${seconds} s.`);
      } else if (event.type === "environment-unreadable") {
        output.warn(
          `The new secrets cannot be read (${event.code}); the command keeps its old ones.`,
        );
      } else {
        output.note(textOf(event));
      }
    },
  };
}

function textOf(
  event: Exclude<
    WatchEvent | CommandEvent,
    { readonly ref: string } | { readonly type: "outage" | "environment-unreadable" }
  >,
): string {
  switch (event.type) {
    case "recovered":
      return "The store answers again.";
    case "restarted":
      return "The command was started with its new secrets.";
    case "unchanged":
      return "The command's secrets are the same as before; it goes on.";
    case "signalled":
      return `The command got ${event.signal}.`;
  }
}
