import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { usageError } from "../../errors.js";
import { discardAll, prepareFiles } from "../../files/prepared-file.js";
import { mountOption, openPki, requestOf, requestOptions } from "../../pki/options.js";
import { callOf } from "../../vault/options.js";
import { showFacts } from "../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki issue",
    summary: summaries.issue,
    details: [
      "The key is written to a file with mode 0600, or to stdout with --reveal; Vault does not keep it.",
    ],
    arguments: [
      { name: "ROLE", description: "role to issue by" },
      { name: "NAME", description: "common name, such as app.example.com" },
    ],
    options: [
      ...requestOptions,
      { name: "out", short: "o", value: "NAME", description: "write NAME.key, NAME.crt, NAME.ca" },
      { name: "reveal", description: "write key and certificates to stdout, as PEM" },
      mountOption,
    ],
    examples: [
      {
        command: "kinko pki issue web app.example.com --ttl 24h --out app",
        does: "app.key, app.crt with the intermediate, app.ca with the root",
      },
      { command: "kinko pki issue web app.example.com --reveal > bundle.pem", does: "one bundle" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output, io } = context;
  const request = requestOf(input);
  const file = input.text("out");
  if (file === undefined && !input.flag("reveal")) {
    throw usageError(
      "Nothing says where the private key is to go, and it cannot be had again.",
      "missing-option",
      "Add --out NAME for files, or --reveal for stdout.",
    );
  }
  if (globals.dryRun) {
    output.note(`Would issue a certificate for ${request.commonName} by the role ${request.role}.`);
    return exitCodes.Ok;
  }
  const pki = await openPki(context, input);
  // A folder that cannot be written to must not cost a certificate, nor part a key from its own.
  const files = await prepareFiles(file === undefined ? [] : filesOf(file), io.cwd);
  try {
    const made = await pki.issue(request, callOf(context));
    const key = made.privateKey.bytes();
    try {
      const intermediates = made.chain.slice(0, -1);
      const certificates = [made.certificate, ...intermediates].join("");
      const ca = made.chain.at(-1) ?? "";
      if (file === undefined) {
        await output.data(Buffer.concat([key, Buffer.from(`${certificates}${ca}`)]));
        return exitCodes.Ok;
      }
      const contents = [ca, certificates, key];
      for (const [index, each] of files.entries()) await each.write(contents[index] ?? "");
      for (const each of files) await each.commit();
    } finally {
      key.fill(0);
      made.privateKey.dispose();
    }
    output.note(`Wrote ${file}.key (readable only by you), ${file}.crt and ${file}.ca.`);
    await showFacts(context, { serialNumber: made.serialNumber, expiresAt: made.expiresAt });
  } finally {
    await discardAll(files);
  }
  return exitCodes.Ok;
}

/** In the order in which they get their names: the key last. */
function filesOf(name: string) {
  return [
    { file: `${name}.ca`, mode: 0o644 },
    { file: `${name}.crt`, mode: 0o644 },
    { file: `${name}.key` },
  ];
}
