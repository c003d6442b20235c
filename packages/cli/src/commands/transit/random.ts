import type { Command, CommandContext } from "../../command.js";
import { usageError } from "../../errors.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { mountOption, openTransit } from "../../transit/options.js";
import { writeSecret } from "../../transit/values.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit random",
    summary: summaries.random,
    details: ["They are masked unless --reveal writes them to stdout, or --out to a file."],
    arguments: [{ name: "BYTES", description: "how many, at most 131071" }],
    options: [
      {
        name: "format",
        value: "FORM",
        description: "how they are written (default base64)",
        choices: ["base64", "hex", "raw"],
      },
      {
        name: "out",
        value: "FILE",
        description: "write a file that only you can read",
        completes: "file",
      },
      { name: "reveal", description: "write them to stdout" },
      mountOption,
    ],
    examples: [
      {
        command: "kinko transit random 32 --reveal | kinko set prod/app/session-key",
        does: "a new secret from Vault's source",
      },
    ],
  },
  run: random,
};

async function random(context: CommandContext, input: ParsedInput): Promise<number> {
  const text = input.args[0] ?? "";
  if (!/^[1-9]\d{0,5}$/u.test(text)) {
    throw usageError("BYTES is not a number.", "invalid-argument", "Write for example 32.");
  }
  const { transit, call } = await openTransit(context, input);
  const bytes = await transit.random(Number(text), call);
  const format = input.text("format") ?? "base64";
  try {
    await writeSecret(context, input, bytes, (raw) =>
      format === "raw" ? raw : raw.toString(format as "base64" | "hex"),
    );
    return exitCodes.Ok;
  } finally {
    bytes.dispose();
  }
}
