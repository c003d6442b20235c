import type { Command, CommandContext } from "../../../command.js";
import { exitCodes } from "../../../exit-codes.js";
import { durationOf } from "../../../input/option-values.js";
import type { ParsedInput } from "../../../input/parse-arguments.js";
import { mountOption, openPki } from "../../../pki/options.js";
import { callOf } from "../../../vault/options.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki role write",
    summary: summaries.write,
    arguments: [{ name: "ROLE", description: "name of the role" }],
    options: [
      { name: "domain", value: "NAME", repeatable: true, description: "a domain it may issue for" },
      { name: "subdomains", description: "also for what is beneath them" },
      { name: "bare-domains", description: "also for the domains themselves" },
      { name: "localhost", description: "also for localhost" },
      { name: "ip", description: "also for IP addresses" },
      { name: "max-ttl", value: "TIME", description: "longest life (default 2160h)" },
      mountOption,
    ],
    examples: [
      {
        command: "kinko pki role write web --domain example.com --subdomains",
        does: "for app.example.com and the like",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const name = input.args[0] as string;
  const role = {
    allowedDomains: input.list("domain"),
    allowSubdomains: input.flag("subdomains"),
    allowBareDomains: input.flag("bare-domains"),
    allowLocalhost: input.flag("localhost"),
    allowIpSans: input.flag("ip"),
    maxTtlSeconds: durationOf(input, "max-ttl"),
  };
  if (context.globals.dryRun) {
    context.output.note(`Would write the role ${name}.`);
    return exitCodes.Ok;
  }
  await (await openPki(context, input)).writeRole(name, role, callOf(context));
  context.output.note(`Wrote the role ${name}.`);
  return exitCodes.Ok;
}
