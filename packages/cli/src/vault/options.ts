import { defaultTimeoutMs, type StoreCallOptions } from "@kinko/core";
import type { CommandContext, OptionSpec } from "../command.js";
import { usageError } from "../errors.js";
import { readStdin, withoutLineEnd } from "../input/read-bytes.js";
import { askHidden, canAsk } from "../prompt/ask.js";

/** What a call takes from the command line. */
export function callOf({ globals }: CommandContext): StoreCallOptions {
  return { timeoutMs: globals.timeoutMs };
}

export const ttlOption: OptionSpec = {
  name: "ttl",
  value: "TIME",
  description: "life, such as 1h",
};

/** The signal of a call that takes no time, after which it is given up. */
export function signalOf({ globals }: CommandContext): AbortSignal {
  return AbortSignal.timeout(globals.timeoutMs ?? defaultTimeoutMs);
}

/** A token from a prompt or stdin; never an argument, which others can see. */
export async function readToken({ io }: CommandContext, question: string): Promise<string> {
  if (canAsk(io)) return (await askHidden(io, question)).trim();
  const bytes = await readStdin(io);
  try {
    const text = withoutLineEnd(bytes).toString("utf8").trim();
    if (text !== "") return text;
  } finally {
    bytes.fill(0);
  }
  throw usageError("No token came on stdin.", "empty-value", "Pipe it in, alone.");
}

/** Advice against a secret as an argument. */
export const notAnArgument =
  "A token as an argument is refused, since ps and the shell history would show it: pipe it in on stdin, or leave it out to be asked. If it was a real one, revoke it now.";
