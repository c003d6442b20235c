import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { readFileBytes, readStdin } from "../../input/read-bytes.js";
import { mountOption, openPki, requestOf, requestOptions } from "../../pki/options.js";
import { callOf } from "../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki sign",
    summary: summaries.sign,
    arguments: [
      { name: "ROLE", description: "role to sign by" },
      { name: "NAME", description: "common name, such as app.example.com" },
    ],
    options: [
      {
        name: "csr",
        value: "FILE",
        description: "the request (default: stdin)",
        completes: "file",
      },
      ...requestOptions,
      mountOption,
    ],
    examples: [
      {
        command: "kinko pki sign web app.example.com --csr app.csr > app.crt",
        does: "certificate and issuers as PEM",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output, io } = context;
  const request = requestOf(input);
  const file = input.text("csr");
  const csr = (file === undefined ? await readStdin(io) : await readFileBytes(io, file)).toString(
    "utf8",
  );
  if (globals.dryRun) {
    output.note(`Would sign a request for ${request.commonName} by the role ${request.role}.`);
    return exitCodes.Ok;
  }
  const made = await (await openPki(context, input)).sign({ ...request, csr }, callOf(context));
  if (globals.json) await output.json(made);
  else await output.data([made.certificate, ...made.chain].join(""));
  return exitCodes.Ok;
}
