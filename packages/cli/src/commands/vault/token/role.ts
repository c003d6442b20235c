import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { usageError } from "../../../errors.js";
import { confirm } from "../../../prompt/ask.js";
import { callOf } from "../../../vault/options.js";
import { showFacts, showNames } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token role",
    summary: summaries.role,
    arguments: [
      {
        name: "VERB",
        description: "what to do",
        choices: ["write", "show", "list", "delete"],
      },
      { name: "ROLE", optional: true, description: "name of the role" },
    ],
    options: [
      { name: "policy", value: "NAME", repeatable: true, description: "a policy that is allowed" },
      { name: "orphan", description: "its tokens outlive those that make them" },
      { name: "type", value: "TYPE", description: "kind of tokens", choices: ["service", "batch"] },
      { name: "period", value: "TIME", description: "each renewal gives this time again" },
      { name: "max-ttl", value: "TIME", description: "an end that no renewal moves" },
    ],
    examples: [
      {
        command: "kinko vault token role write ci --policy deploy --orphan",
        does: "rules for tokens of CI",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const [verb, name = ""] = input.args as [string, string | undefined];
  const tokens = (await context.openStore()).as("tokens");
  if (verb === "list") {
    await showNames(context, "roles", await tokens.listRoles(callOf(context)));
    return exitCodes.Ok;
  }
  if (name === "") throw usageError("ROLE is missing.", "missing-argument", "Name the role.");
  if (verb === "show") {
    await showFacts(context, { ...(await tokens.readRole(name, callOf(context))) });
    return exitCodes.Ok;
  }
  if (globals.dryRun) {
    output.note(`Would ${verb} the token role ${name}.`);
    return exitCodes.Ok;
  }
  if (verb === "delete") {
    await confirm(io, globals.yes, `Remove the token role ${name}?`);
    await tokens.deleteRole(name, callOf(context));
  } else {
    const role = {
      // What is not named stays as it is in a role that is there.
      allowedPolicies: input.flag("policy") ? input.list("policy") : undefined,
      orphan: input.flag("orphan") ? true : undefined,
      type: input.text("type") as "service" | "batch" | undefined,
      periodSeconds: durationOf(input, "period"),
      explicitMaxTtlSeconds: durationOf(input, "max-ttl"),
    };
    await tokens.writeRole(name, role, callOf(context));
  }
  output.note(verb === "delete" ? `Removed ${name}.` : `Wrote ${name}.`);
  return exitCodes.Ok;
}
