import type { LoadedConfig } from "@kinko/core/config";
import type { Command, CommandContext } from "../command.js";
import { checkConfig, checkNode } from "../doctor/check-config.js";
import { checkStore } from "../doctor/check-store.js";
import { findingOf, type Finding } from "../doctor/finding.js";
import { exitCodes } from "../exit-codes.js";
import { printable, type Output } from "../output/output.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "doctor",
    summary: summaries.doctor,
    details: [
      "Looks at Node, the config, the provider package, its options and files, whether the store can be reached, whether it accepts the credentials, and the clock. It changes nothing and reads no value. Exits 1 when something is wrong.",
    ],
    arguments: [],
    options: [],
    examples: [
      { command: "kinko doctor", does: "look at everything that the config uses" },
      { command: "kinko doctor --store staging --json", does: "one entry, for a script" },
    ],
  },
  run: doctor,
};

async function doctor(context: CommandContext): Promise<number> {
  const findings = await examine(context);
  const failed = findings.some(({ status }) => status === "problem");
  const { output, globals } = context;
  if (globals.json) await output.json({ ok: !failed, findings });
  else if (globals.plain) {
    await output.records(
      findings.map(({ check, status, message, fix }) => [check, status, message, fix ?? ""]),
    );
  } else await output.data(findings.map((finding) => line(finding, output)).join(""));
  return failed ? exitCodes.Internal : exitCodes.Ok;
}

async function examine(context: CommandContext): Promise<Finding[]> {
  const findings = [checkNode(process.version)];
  let loaded: LoadedConfig;
  try {
    loaded = await context.loadConfig();
    findings.push(...(await checkConfig(loaded)));
  } catch (error) {
    return [...findings, findingOf("config", error)];
  }
  const { store } = context.globals;
  const routed = (loaded.config.routes ?? []).map(({ provider }) => provider);
  const entries = store === undefined ? [loaded.provider, ...routed] : [store];
  for (const entry of new Set(entries))
    findings.push(...(await checkStore(context, loaded, entry)));
  return findings;
}

function line({ check, status, message, fix }: Finding, { style }: Output): string {
  const mark = {
    ok: style.green("ok      "),
    warning: style.yellow("warning "),
    problem: style.red("problem "),
  }[status];
  const advice = fix === undefined ? "" : `         fix: ${printable(fix)}\n`;
  return `${mark} ${style.bold(check)}: ${printable(message)}\n${advice}`;
}
