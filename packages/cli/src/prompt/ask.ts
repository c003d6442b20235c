import { cancelledError, CliError, usageError } from "../errors.js";
import type { CliIo } from "../io.js";
import { watchLines } from "./watch-lines.js";

/** Whether a person can be asked: questions go to stderr, answers come from stdin. */
export function canAsk(io: CliIo): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true;
}

/** Asks for a value without showing it. @throws CliError (Cancelled) on Ctrl-C */
export async function askHidden(io: CliIo, message: string): Promise<string> {
  const { password, isCancel } = await import("@clack/prompts");
  const lines = watchLines(io);
  try {
    const answer = await password({ message, input: io.stdin, output: io.stderr });
    if (isCancel(answer)) throw cancelledError();
    if (await lines.hasSeveral()) throw severalLines();
    return answer ?? "";
  } finally {
    lines.stop();
  }
}

function severalLines(): Error {
  return usageError(
    "The answer has several lines, which a prompt does not take; nothing was changed.",
    "several-lines",
    "Pipe the value in on stdin, or take it from a file.",
  );
}

/** Asks twice for a value without showing it; once for an empty one. @throws CliError when the answers differ */
export async function askHiddenTwice(io: CliIo, message: string): Promise<string> {
  const first = await askHidden(io, message);
  if (first === "") return first;
  const second = await askHidden(io, "Once more, to be sure");
  if (first === second) return first;
  throw usageError(
    "The two answers differ; nothing was changed.",
    "answers-differ",
    "Run the command again, or pipe the value in on stdin.",
  );
}

/** Asks for a line of text; empty means no answer. */
export async function askText(io: CliIo, message: string): Promise<string> {
  const { text, isCancel } = await import("@clack/prompts");
  const answer = await text({ message, input: io.stdin, output: io.stderr });
  if (isCancel(answer)) throw cancelledError();
  return answer ?? "";
}

/** Asks to choose one of several. */
export async function askChoice<Value extends string>(
  io: CliIo,
  message: string,
  choices: readonly { readonly value: Value; readonly label: string }[],
): Promise<Value> {
  const { select, isCancel } = await import("@clack/prompts");
  const answer = await select<string>({
    message,
    options: choices.map(({ value, label }) => ({ value, label })),
    input: io.stdin,
    output: io.stderr,
  });
  if (isCancel(answer)) throw cancelledError();
  return answer as Value;
}

/**
 * Asks before something is destroyed; `--yes` answers for scripts.
 * @throws CliError (Declined) when the answer is no, or nobody can be asked
 */
export async function confirm(io: CliIo, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (!canAsk(io)) {
    throw new CliError(
      "Declined",
      "This needs a confirmation, and there is no terminal to ask in.",
      {
        reason: "confirmation-needed",
        advice: "Add --yes if you are sure, or --dry-run to see what would happen.",
      },
    );
  }
  const { confirm: ask, isCancel } = await import("@clack/prompts");
  const answer = await ask({
    message: question,
    initialValue: false,
    input: io.stdin,
    output: io.stderr,
  });
  if (isCancel(answer)) throw cancelledError();
  if (answer) return;
  throw new CliError("Declined", "Declined; nothing was changed.", {
    reason: "declined",
    advice: "Answer yes, or add --yes, to go ahead.",
  });
}
