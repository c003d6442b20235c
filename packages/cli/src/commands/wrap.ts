import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { durationOf } from "../input/option-values.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { Secret } from "@kinko/core";
import { usageError } from "../errors.js";
import type { CliIo } from "../io.js";
import { readStdin, withoutLineEnd } from "../input/read-bytes.js";
import { callOf } from "../vault/options.js";
import { prepareDelivery, secretOptions } from "../vault/delivery.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "wrap",
    summary: summaries.wrap,
    details: [
      "A secret travels as a token that opens it once. If it was opened on its way, kinko unwrap raises an alarm. The token goes to stdout; with --json only with --reveal.",
    ],
    arguments: [
      { name: "REF", optional: true, description: "secret to wrap", completes: "secret" },
    ],
    options: [
      { name: "stdin", description: "wrap what comes on stdin instead" },
      { name: "ttl", value: "TIME", description: "how long it waits to be opened (default 5m)" },
      ...secretOptions,
    ],
    examples: [
      { command: "kinko wrap prod/app/db --ttl 10m", does: "a token to hand on" },
      { command: "openssl rand -base64 32 | kinko wrap --stdin --out token", does: "into a file" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output, io } = context;
  const ref = input.args[0];
  if ((ref === undefined) === !input.flag("stdin")) {
    throw usageError("Name a secret, or --stdin.", "missing-argument", "Give one of the two.");
  }
  const wrapTtlSeconds = durationOf(input, "ttl") ?? 300;
  if (globals.dryRun) {
    output.note(`Would wrap ${ref ?? "what comes on stdin"} for ${wrapTtlSeconds} s.`);
    return exitCodes.Ok;
  }
  const store = await context.openStore();
  const secret = ref === undefined ? await fromStdin(io) : await store.get(ref);
  try {
    const delivery = await prepareDelivery(context, input);
    const options = { ...callOf(context), wrapTtlSeconds };
    try {
      const wrapped = await store.as("wrapping").wrapData(secret, options);
      try {
        if (globals.json || input.text("out") !== undefined) {
          const { creationPath, ttlSeconds, expiresAt, accessor } = wrapped;
          await delivery.deliver(wrapped.token, { creationPath, ttlSeconds, expiresAt, accessor });
        } else {
          // Made to be handed on, and good for one use: it is what was asked for.
          await output.data(`${wrapped.token.text()}\n`);
          output.note(`It opens once, within ${wrapTtlSeconds} s: kinko unwrap`);
        }
      } finally {
        wrapped.token.dispose();
      }
    } finally {
      await delivery.discard();
    }
  } finally {
    secret.dispose();
  }
  return exitCodes.Ok;
}

async function fromStdin(io: CliIo): Promise<Secret> {
  const bytes = await readStdin(io);
  try {
    return Secret.fromBytes(withoutLineEnd(bytes), "text");
  } finally {
    bytes.fill(0);
  }
}
