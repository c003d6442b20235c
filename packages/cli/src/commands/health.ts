import type { ProviderHealth } from "@kinko/core";
import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { formatPairs } from "../output/table.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "health",
    summary: summaries.health,
    details: [
      "Exits 0 when the store is healthy, 30 when it serves but not fully, and otherwise with the code of the reason, such as 14 for a sealed server. No secret is read.",
    ],
    arguments: [],
    options: [],
    examples: [
      { command: "kinko health", does: "is the store there?" },
      { command: "kinko health --quiet && ./deploy.sh", does: "only go on when it is" },
    ],
  },
  run: health,
};

async function health(context: CommandContext): Promise<number> {
  const { output, globals } = context;
  const store = await context.openStore();
  const found = await store.health();
  const facts: [string, string][] = [
    ["status", found.status],
    ["store", store.provider],
    ...(found.code === undefined ? [] : [["code", found.code] as [string, string]]),
    ["message", found.message],
    ...Object.entries(found.details).map(
      ([name, value]) => [name, String(value)] as [string, string],
    ),
  ];
  if (globals.json) {
    await output.json({
      status: found.status,
      store: store.provider,
      code: found.code ?? null,
      message: found.message,
      details: found.details,
    });
  } else if (globals.plain) await output.records(facts);
  else if (!globals.quiet) await output.data(formatPairs(facts, output.style));
  return exitCode(found);
}

function exitCode({ status, code }: ProviderHealth): number {
  if (status === "healthy") return exitCodes.Ok;
  if (status === "degraded") return exitCodes.Degraded;
  return code === undefined || code === "Internal" ? exitCodes.Unhealthy : exitCodes[code];
}
