import type { TransitKeyType } from "@kinko/provider-vault";
import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf, numberOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { keyArgument, mountOption, openTransit } from "../../../transit/options.js";
import { showKey } from "../../../transit/show-key.js";
import { summaries } from "./summaries.js";

const types: readonly TransitKeyType[] = [
  "aes128-gcm96",
  "aes256-gcm96",
  "chacha20-poly1305",
  "ed25519",
  "ecdsa-p256",
  "ecdsa-p384",
  "ecdsa-p521",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
  "hmac",
];

export const command: Command = {
  spec: {
    name: "transit key create",
    summary: summaries.create,
    details: ["With --enable the transit engine is mounted first where it is not there."],
    arguments: [keyArgument],
    options: [
      {
        name: "type",
        value: "TYPE",
        description: "what it is for (default aes256-gcm96)",
        choices: types,
      },
      { name: "derived", description: "a key for each context" },
      {
        name: "convergent",
        description: "the same value gives the same ciphertext; needs --derived",
      },
      { name: "exportable", description: "may leave Vault; this cannot be taken back" },
      {
        name: "allow-plaintext-backup",
        description: "may be backed up in plaintext; this cannot be taken back",
      },
      {
        name: "auto-rotate",
        value: "TIME",
        description: "Vault rotates it, such as 30d; at least 1h",
      },
      { name: "key-size", value: "BYTES", description: "length of an hmac key, 32 to 512" },
      { name: "enable", description: "mount the transit engine where it is not there" },
      mountOption,
    ],
    examples: [
      { command: "kinko transit key create backups", does: "AES-256, for values and files" },
      { command: "kinko transit key create releases --type ed25519", does: "for signatures" },
      {
        command: "kinko transit key create customers --derived --auto-rotate 30d",
        does: "for tenants",
      },
    ],
  },
  run: create,
};

async function create(context: CommandContext, input: ParsedInput): Promise<number> {
  const key = input.args[0] as string;
  const options = {
    type: input.text("type") as TransitKeyType | undefined,
    derived: input.flag("derived"),
    convergent: input.flag("convergent"),
    exportable: input.flag("exportable"),
    allowPlaintextBackup: input.flag("allow-plaintext-backup"),
    autoRotatePeriodSeconds: durationOf(input, "auto-rotate"),
    keySizeBytes: numberOf(input, "key-size"),
  };
  if (context.globals.dryRun) {
    context.output.note(`Would make the key ${key} (${options.type ?? "aes256-gcm96"}).`);
    return exitCodes.Ok;
  }
  const { transit, call } = await openTransit(context, input);
  if (input.flag("enable") && (await transit.enable(call)).created) {
    context.output.note("Mounted the transit engine.");
  }
  await showKey(context, await transit.createKey(key, { ...options, ...call }));
  context.output.note(`Made the key ${key}.`);
  return exitCodes.Ok;
}
