import type { Command, CommandContext, OptionSpec } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf, numberOf, yesOrNo } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import { keyArgument, mountOption, openTransit } from "../../../transit/options.js";
import { showKey } from "../../../transit/show-key.js";
import { summaries } from "./summaries.js";

const yesNo = (name: string, description: string): OptionSpec => ({
  name,
  value: "yes|no",
  description,
  choices: ["yes", "no"],
});

export const command: Command = {
  spec: {
    name: "transit key config",
    summary: summaries.config,
    details: [
      "Only what is named changes. Exportable and plaintext backup cannot be taken back, so kinko asks first; scripts say --yes.",
    ],
    arguments: [keyArgument],
    options: [
      {
        name: "min-decryption-version",
        value: "N",
        description: "oldest version that still opens ciphertexts",
      },
      {
        name: "min-encryption-version",
        value: "N",
        description: "oldest version that may encrypt; 0: only the newest",
      },
      yesNo("deletion-allowed", "whether the key may be deleted"),
      { name: "exportable", description: "let it leave Vault" },
      { name: "allow-plaintext-backup", description: "let it be backed up in plaintext" },
      { name: "auto-rotate", value: "TIME", description: "such as 30d; 0 switches it off" },
      mountOption,
    ],
    examples: [
      {
        command: "kinko transit key config customers --min-decryption-version 3",
        does: "after a rewrap: what is older opens no more",
      },
      { command: "kinko transit key config old --deletion-allowed yes", does: "before a deletion" },
    ],
  },
  run: config,
};

async function config(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const key = input.args[0] as string;
  const changes = {
    minDecryptionVersion: numberOf(input, "min-decryption-version"),
    minEncryptionVersion: numberOf(input, "min-encryption-version"),
    deletionAllowed: yesOrNo(input, "deletion-allowed"),
    exportable: input.flag("exportable") ? true : undefined,
    allowPlaintextBackup: input.flag("allow-plaintext-backup") ? true : undefined,
    autoRotatePeriodSeconds: durationOf(input, "auto-rotate"),
  };
  if (globals.dryRun) {
    const names = Object.entries(changes).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${String(value)}`],
    );
    output.note(`Would change ${key}: ${names.join(", ") || "nothing"}.`);
    return exitCodes.Ok;
  }
  if (changes.exportable === true || changes.allowPlaintextBackup === true) {
    await confirm(io, globals.yes, `Let the key ${key} leave Vault? This cannot be taken back.`);
  }
  const { transit, call } = await openTransit(context, input);
  await showKey(context, await transit.configureKey(key, changes, call));
  return exitCodes.Ok;
}
