import type { Command, CommandContext } from "../../../command.js";
import { usageError } from "../../../errors.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { confirm } from "../../../prompt/ask.js";
import { keyArgument, mountOption, openTransit } from "../../../transit/options.js";
import { showKey } from "../../../transit/show-key.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit key trim",
    summary: summaries.trim,
    details: [
      "What the destroyed versions have encrypted is lost. Vault wants --min-decryption-version and --min-encryption-version of the key to be VERSION or more before. kinko asks first; scripts say --yes.",
    ],
    arguments: [keyArgument, { name: "VERSION", description: "oldest version that stays" }],
    options: [mountOption],
    examples: [
      {
        command: "kinko transit key trim customers 3",
        does: "destroy versions 1 and 2, after a question",
      },
    ],
  },
  run: trim,
};

async function trim(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const [key = "", text = ""] = input.args;
  if (!/^[1-9]\d{0,8}$/u.test(text)) {
    throw usageError("VERSION is not a version.", "invalid-argument", "Write a number, such as 3.");
  }
  const version = Number(text);
  const { transit, call } = await openTransit(context, input);
  const { versions, minAvailableVersion } = await transit.readKey(key, call);
  const gone = `the versions of ${key} before ${version}`;
  if (globals.dryRun) {
    const listed = versions.filter((each) => each.version < version).map((each) => each.version);
    const from = minAvailableVersion === 0 ? "" : ` (those before ${minAvailableVersion} are gone)`;
    output.note(
      `Would destroy ${gone}${from}; usable now: ${listed.join(", ") || "none of them"}.`,
    );
    return exitCodes.Ok;
  }
  await confirm(io, globals.yes, `Destroy ${gone}, and all that they have encrypted?`);
  await showKey(context, await transit.trimKey(key, version, call));
  return exitCodes.Ok;
}
