import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { writeFileAtomically } from "../../files/write-file.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { keyArgument, mountOption, openTransit } from "../../transit/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit datakey",
    summary: summaries.datakey,
    details: [
      "Prints the data key as Vault has wrapped it; kinko transit decrypt opens it. The key itself is asked for only with --out, which writes its bytes to a file.",
    ],
    arguments: [keyArgument],
    options: [
      {
        name: "bits",
        value: "N",
        description: "length of the key (default 256)",
        choices: ["128", "256", "512"],
      },
      {
        name: "out",
        value: "FILE",
        description: "write the key to a file that only you can read",
        completes: "file",
      },
      { name: "context", value: "TEXT", description: "context of a derived key" },
      mountOption,
    ],
    examples: [
      { command: "kinko transit datakey backups", does: "only the wrapped key" },
      { command: "kinko transit datakey backups --out data.key > data.key.wrapped", does: "both" },
    ],
  },
  run: datakey,
};

async function datakey(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, output, globals } = context;
  const key = input.args[0] as string;
  const file = input.text("out");
  const { transit, call } = await openTransit(context, input);
  const text = input.text("context");
  const options = {
    ...call,
    bits: Number(input.text("bits") ?? "256") as 128 | 256 | 512,
    context: text === undefined ? undefined : Buffer.from(text, "utf8"),
  };
  if (globals.dryRun) {
    output.note(`Would make a data key of ${options.bits} bits with ${key}.`);
    return exitCodes.Ok;
  }
  let wrapped: string;
  if (file === undefined) wrapped = await transit.wrappedDataKey(key, options);
  else {
    const made = await transit.dataKey(key, options);
    ({ wrapped } = made);
    const bytes = made.plaintext.bytes();
    try {
      await writeFileAtomically(file, bytes, { cwd: io.cwd });
    } finally {
      bytes.fill(0);
      made.plaintext.dispose();
    }
    output.note(`Wrote the data key to ${file}, readable only by you.`);
  }
  if (globals.json) await output.json({ key, bits: options.bits, wrapped });
  else await output.data(`${wrapped}\n`);
  return exitCodes.Ok;
}
