import { defaultTimeoutMs, type IdentityInfo } from "@kinko/core";
import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { printable } from "../../output/output.js";
import { formatPairs } from "../../output/table.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "auth check",
    summary: summaries.check,
    details: [
      "Logs in as the config says, and asks the store. No secret is read, and the credentials themselves are not shown. Exits 0 when the store accepts them.",
    ],
    arguments: [],
    options: [],
    examples: [
      { command: "kinko auth check", does: "whose credentials, which policies, how long" },
      { command: "kinko auth check --json", does: "the same for a script" },
    ],
  },
  run: check,
};

async function check(context: CommandContext): Promise<number> {
  const { output, globals } = context;
  const store = await context.openStore();
  const signal = AbortSignal.timeout(globals.timeoutMs ?? defaultTimeoutMs);
  const found = await store.as("identity").check({ signal });
  if (globals.json) {
    await output.json({
      store: store.provider,
      principal: found.principal ?? null,
      source: found.source ?? null,
      policies: found.policies ?? null,
      ttlSeconds: found.ttlSeconds ?? null,
      renewable: found.renewable,
      details: found.details,
      warnings: found.warnings,
    });
    return exitCodes.Ok;
  }
  const facts = factsOf(store.provider, found);
  if (globals.plain) await output.records(facts);
  else if (!globals.quiet) await output.data(formatPairs(facts, output.style));
  for (const { message, advice } of found.warnings) output.warn(`${message} ${advice}`);
  return exitCodes.Ok;
}

function factsOf(store: string, found: IdentityInfo): [string, string][] {
  const { principal, source, policies, ttlSeconds, renewable, details } = found;
  const facts: [string, string | undefined][] = [
    ["store", store],
    ["principal", principal ?? "unknown"],
    ["source", source],
    ["policies", policies?.join(", ") ?? "unknown"],
    ["ends", ttlSeconds === undefined ? undefined : `in ${ttlSeconds} s`],
    ["renewable", principal === undefined ? undefined : renewable ? "yes" : "no"],
    ...Object.entries(details).map(([name, value]) => [name, String(value)] as [string, string]),
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]]));
}
