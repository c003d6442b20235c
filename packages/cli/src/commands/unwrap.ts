import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { usageError } from "../errors.js";
import { prepareDelivery, secretOptions } from "../vault/delivery.js";
import { callOf, notAnArgument, readToken } from "../vault/options.js";
import { showFacts } from "../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "unwrap",
    summary: summaries.unwrap,
    details: [
      "The token comes from stdin or a prompt. One that was opened before is an alarm: somebody else may have read what was in it.",
    ],
    arguments: [],
    options: [
      { name: "lookup", description: "only say where it comes from; it stays closed" },
      {
        name: "expect-path",
        value: "PATH",
        description: "refuse one that was made elsewhere; a * at the end stands for the rest",
      },
      ...secretOptions,
    ],
    examples: [
      { command: "kinko unwrap --reveal < token", does: "what is in it, as JSON" },
      {
        command: "kinko unwrap --lookup < token",
        does: "where it was made, and until when it is good",
      },
    ],
    tooMany: notAnArgument,
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output } = context;
  const token = await readToken(context, "Wrapping token");
  const wrapping = (await context.openStore()).as("wrapping");
  const options = { ...callOf(context), expectCreationPath: input.text("expect-path") };
  if (globals.dryRun || input.flag("lookup")) {
    await showFacts(context, { ...(await wrapping.lookup(token, options)) });
    return exitCodes.Ok;
  }
  if (!input.flag("reveal") && input.text("out") === undefined) {
    throw usageError(
      "What is in it can be had once, and nothing says where it is to go.",
      "missing-option",
      "Add --reveal or --out FILE, or --lookup to see where it comes from.",
    );
  }
  const delivery = await prepareDelivery(context, input);
  try {
    const opened = await wrapping.unwrap(token, options);
    const secret = opened.data ?? opened.token;
    if (secret === undefined) {
      output.note("There was nothing in it.");
      return exitCodes.Ok;
    }
    try {
      const { accessor, leaseId } = opened;
      await delivery.deliver(secret, { accessor, leaseId });
    } finally {
      secret.dispose();
    }
  } finally {
    await delivery.discard();
  }
  return exitCodes.Ok;
}
