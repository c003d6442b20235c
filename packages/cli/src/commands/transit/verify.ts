import type { Command, CommandContext } from "../../command.js";
import { usageError } from "../../errors.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { keyArgument, mountOption, openTransit } from "../../transit/options.js";
import { signOptions, signOptionSpecs } from "../../transit/sign-options.js";
import { readValue } from "../../transit/values.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit verify",
    summary: summaries.verify,
    details: ["Exits 0 when it is valid, and 1 when it is not."],
    arguments: [keyArgument],
    options: [
      { name: "signature", value: "TEXT", description: "the signature, which begins vault:v" },
      { name: "hmac", value: "TEXT", description: "a MAC in its place" },
      ...signOptionSpecs,
      mountOption,
    ],
    examples: [
      {
        command:
          'kinko transit verify releases --in SHA256SUMS --signature "$(cat SHA256SUMS.sig)"',
        does: "in a script: && goes on only when it is valid",
      },
    ],
  },
  run: verify,
};

async function verify(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const key = input.args[0] as string;
  const [signature, hmac] = [input.text("signature"), input.text("hmac")];
  if ((signature === undefined) === (hmac === undefined)) {
    throw usageError(
      "What is to be verified is not clear.",
      "missing-option",
      "Give --signature or --hmac, and only one of them.",
    );
  }
  const { transit, call } = await openTransit(context, input);
  const value = await readValue(context, input, `Value to verify with ${key}`);
  try {
    const options = { ...signOptions(input), ...call };
    const { hash } = options;
    const valid =
      signature === undefined
        ? await transit.verifyHmac(key, value, hmac ?? "", { ...call, hash })
        : await transit.verify(key, value, signature, options);
    if (globals.json) await output.json({ key, valid });
    else await output.data(valid ? "valid\n" : "not valid\n");
    return valid ? exitCodes.Ok : exitCodes.Internal;
  } finally {
    value.dispose();
  }
}
