import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { durationOf } from "../../input/option-values.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { usageError } from "../../errors.js";
import { mountOption } from "../../pki/options.js";
import { callOf } from "../../vault/options.js";
import { showFacts } from "../../vault/show.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "pki init",
    summary: summaries.init,
    details: [
      "Nothing is changed when one of the mounts has an issuer already. One that is enabled and empty is used, and its longest life raised where it is shorter than the authority's.",
    ],
    arguments: [],
    options: [
      {
        name: "domain",
        value: "NAME",
        repeatable: true,
        description: "domain of the role; needed",
      },
      { name: "name", value: "NAME", description: "common name of the root (default Root)" },
      { name: "role", value: "NAME", description: "name of the role (default web)" },
      { name: "root-mount", value: "PATH", description: "where the root is (default pki)" },
      mountOption,
      { name: "root-ttl", value: "TIME", description: "life of the root (default 87600h)" },
      { name: "intermediate-ttl", value: "TIME", description: "(default 43800h)" },
      { name: "max-ttl", value: "TIME", description: "longest life of a leaf (default 2160h)" },
      { name: "public-address", value: "URL", description: "address of Vault in certificates" },
    ],
    examples: [
      {
        command:
          "kinko pki init --domain example.com --public-address https://vault.example.com:8200",
        does: "ten years, five years, 90 days",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output } = context;
  const [rootMount, mount] = [input.text("root-mount") ?? "pki", input.text("mount") ?? "pki_int"];
  const role = input.text("role") ?? "web";
  const domains = input.list("domain");
  if (domains.length === 0) {
    throw usageError("No domain is named.", "missing-option", "Add --domain example.com.");
  }
  if (globals.dryRun) {
    output.note(
      `Would make a root on ${rootMount}, an intermediate on ${mount}, and the role ${role}.`,
    );
    return exitCodes.Ok;
  }
  const pki = (await context.openStore()).as("pki");
  const made = await pki.createChain({
    ...callOf(context),
    root: {
      mount: rootMount,
      commonName: input.text("name") ?? "Root",
      ttlSeconds: durationOf(input, "root-ttl"),
    },
    intermediate: {
      mount,
      commonName: `${input.text("name") ?? "Root"} Intermediate`,
      ttlSeconds: durationOf(input, "intermediate-ttl"),
    },
    role: {
      name: role,
      allowedDomains: domains,
      allowSubdomains: true,
      allowBareDomains: true,
      maxTtlSeconds: durationOf(input, "max-ttl"),
    },
    publicAddress: input.text("public-address"),
  });
  await showFacts(context, {
    rootMount,
    rootExpiresAt: made.root.expiresAt,
    mount,
    intermediateExpiresAt: made.intermediate.expiresAt,
    role,
  });
  return exitCodes.Ok;
}
