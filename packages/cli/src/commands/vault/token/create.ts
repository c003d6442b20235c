import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf, numberOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { callOf, ttlOption } from "../../../vault/options.js";
import { deliverSecret, secretOptions } from "../../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "vault token create",
    summary: summaries.create,
    arguments: [],
    options: [
      {
        name: "type",
        value: "TYPE",
        description: "batch tokens are stored nowhere (default service)",
        choices: ["service", "batch"],
      },
      { name: "policy", value: "NAME", repeatable: true, description: "a policy that it gets" },
      { name: "default-policy", description: "the policy default as well, which makes reads slow" },
      ttlOption,
      { name: "period", value: "TIME", description: "each renewal gives this time again" },
      { name: "uses", value: "NUMBER", description: "requests until it ends" },
      { name: "orphan", description: "outlives the token that makes it" },
      { name: "role", value: "NAME", description: "by the rules of a token role" },
      ...secretOptions,
    ],
    examples: [
      {
        command: "kinko vault token create --type batch --policy worker --ttl 5m --reveal",
        does: "for many short workers",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const options = {
    ...callOf(context),
    type: input.text("type") as "service" | "batch" | undefined,
    policies: input.flag("policy") ? input.list("policy") : undefined,
    defaultPolicy: input.flag("default-policy"),
    ttlSeconds: durationOf(input, "ttl"),
    periodSeconds: durationOf(input, "period"),
    numUses: numberOf(input, "uses"),
    orphan: input.flag("orphan") ? true : undefined,
    role: input.text("role"),
  };
  if (context.globals.dryRun) {
    context.output.note(`Would make a ${options.type ?? "service"} token.`);
    return exitCodes.Ok;
  }
  const { token, ...facts } = await (await context.openStore()).as("tokens").create(options);
  try {
    await deliverSecret(context, input, token, facts);
  } finally {
    token.dispose();
  }
  return exitCodes.Ok;
}
