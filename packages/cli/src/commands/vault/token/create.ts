import type { Secret } from "@kinko/core";
import type { TokensCapability } from "@kinko/provider-vault";
import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf, numberOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { prepareDelivery, secretOptions } from "../../../vault/delivery.js";
import { callOf, ttlOption } from "../../../vault/options.js";
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
  const tokens = (await context.openStore()).as("tokens");
  const delivery = await prepareDelivery(context, input);
  try {
    const { token, ...facts } = await tokens.create(options);
    try {
      await delivery.deliver(token, facts);
    } catch (error) {
      // What nobody has got must not live on; a batch token cannot be revoked, and has no accessor.
      if (!delivery.isDelivered && facts.accessor !== undefined) {
        await revoke(context, tokens, token, facts.accessor);
      }
      throw error;
    } finally {
      token.dispose();
    }
  } finally {
    await delivery.discard();
  }
  return exitCodes.Ok;
}

/** A failure of it does not hide the one that came before. */
async function revoke(
  context: CommandContext,
  tokens: TokensCapability,
  token: Secret,
  accessor: string,
): Promise<void> {
  try {
    await tokens.revoke(token, callOf(context));
    context.output.note("The token was revoked again.");
  } catch {
    context.output.warn(
      `The token that nobody has was not revoked: kinko vault token revoke --accessor ${accessor}`,
    );
  }
}
