import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { deliverCredentials, isDelivered } from "../../../vault/credentials.js";
import { databaseMount, databaseMountOption } from "../../../vault/database.js";
import { secretOptions } from "../../../vault/delivery.js";
import { signalOf } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault db creds",
    summary: summaries.creds,
    details: [
      "With --reveal or --out the login is yours until its lease ends; kinko lease renew and kinko lease revoke prolong and end it. Without either nobody would know the password, so the login is dropped again at once: it shows that the role works.",
      "A login ends with the token that it was made with. Where kinko logs in to Vault by itself it leaves that token alone, and says so when it ends before the lease.",
    ],
    arguments: [{ name: "ROLE", description: "name of the role" }],
    options: [
      { name: "static", description: "ROLE is a static role; its password is read, not made" },
      ...secretOptions,
      databaseMountOption,
    ],
    examples: [
      { command: "kinko vault db creds readonly --reveal", does: "a login for you" },
      { command: "kinko vault db creds readonly --out login.json", does: "into a file, as JSON" },
      { command: "kinko vault db creds readonly", does: "prove that the role works" },
      { command: "kinko vault db creds reports --static --reveal", does: "of a static role" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const role = input.args[0] as string;
  const kind = input.flag("static") ? "static-creds" : "creds";
  const path = `${databaseMount(input)}/${kind}/${role}`;
  if (globals.dryRun) {
    output.note(`Would ask for credentials at ${path}.`);
    return exitCodes.Ok;
  }
  const dynamic = (await context.openStore()).as("dynamic");
  const issued = await dynamic.issue({ path }, { signal: signalOf(context) });
  const { id, secret } = issued;
  let kept = id === "";
  try {
    const bound = dynamic.bounds?.boundOf(id)?.remainingSeconds ?? Number.POSITIVE_INFINITY;
    const durationSeconds = Math.min(issued.durationSeconds, bound);
    await deliverCredentials(context, input, { ...issued, durationSeconds });
    kept ||= isDelivered(input);
    if (kept && bound < issued.durationSeconds) {
      output.warn(`The login ends with kinko's own token, in ${Math.floor(bound)} s.`);
    }
    if (!isDelivered(input)) output.note("The password is not shown: add --reveal or --out FILE.");
  } finally {
    secret.dispose();
    // What nobody has got, also because writing it failed, must not stay in the database.
    if (!kept) await dynamic.revoke(id, { signal: signalOf(context) });
  }
  if (!kept) output.note("The login was dropped again.");
  return exitCodes.Ok;
}
