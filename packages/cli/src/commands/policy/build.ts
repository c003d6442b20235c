import type { NamedPolicy } from "@kinko/provider-vault/policies";
import type { Command, CommandContext } from "../../command.js";
import { usageError } from "../../errors.js";
import { exitCodes } from "../../exit-codes.js";
import { writeFileAtomically } from "../../files/write-file.js";
import { oneOf } from "../../input/option-values.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { printable } from "../../output/output.js";
import { loadPolicies, loadPolicyCode, policiesArgument } from "../../policy/load-policies.js";
import { backendSettings, generateRights, type Backend } from "../../policy/manifest.js";
import { makePreset, presets, type PresetName } from "../../policy/presets.js";
import { describeSettings, settingsOf } from "../../policy/settings.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy build",
    summary: summaries.build,
    details: [
      "Several policies are printed one after the other, or with --json by their names. A manifest says what an application uses; of it comes the least policy of Vault, or with --for what a cloud wants instead: an IAM policy, role assignments, bindings, always in JSON.",
      `Settings of presets: ${Object.entries(presets)
        .map(([name, { settings }]) => `${name}: ${describeSettings(settings)}`)
        .join("; ")}.`,
      `Settings for a manifest: ${Object.entries(backendSettings)
        .map(([name, settings]) => `${name}: ${describeSettings(settings)}`)
        .join("; ")}.`,
    ],
    arguments: [{ ...policiesArgument, optional: true }],
    options: [
      {
        name: "preset",
        value: "NAME",
        description: "a policy that comes with kinko",
        choices: Object.keys(presets),
      },
      {
        name: "manifest",
        value: "FILE",
        description: "the least rights for what this says an application uses",
        completes: "file",
      },
      {
        name: "for",
        value: "BACKEND",
        description: "who keeps the secrets of the manifest (default vault)",
        choices: Object.keys(backendSettings),
      },
      {
        name: "set",
        value: "NAME=VALUE",
        repeatable: true,
        description: "a setting of the preset or for the manifest",
      },
      {
        name: "format",
        value: "hcl|json",
        description: "what is printed (default hcl)",
        choices: ["hcl", "json"],
      },
      {
        name: "output",
        short: "o",
        value: "FILE",
        description: "write to a file",
        completes: "file",
      },
    ],
    examples: [
      { command: "kinko policy build app.ts", does: "the HCL of a policy in TypeScript" },
      {
        command: "kinko policy build --preset application --set application=shop -o shop.hcl",
        does: "read its own folder of prod/, and nothing else",
      },
      { command: "kinko policy build --manifest access.yaml", does: "what an application needs" },
      {
        command:
          "kinko policy build --manifest access.yaml --for aws --set region=eu-central-1 --set accountId=123456789012",
        does: "the same as an IAM policy",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output, io } = context;
  const text = await build(context, input);
  const file = input.text("output");
  if (file === undefined) await output.data(text);
  else if (globals.dryRun) output.note(`Would write ${file}.`);
  else {
    await writeFileAtomically(file, text, { cwd: io.cwd, mode: 0o644 });
    output.note(`Wrote ${file}.`);
  }
  return exitCodes.Ok;
}

async function build(context: CommandContext, input: ParsedInput): Promise<string> {
  const source = oneOf(input, ["preset", "manifest"]);
  if ((source === undefined) === (input.args.length === 0))
    throw usageError(
      "Policies are built of files, of a preset or of a manifest.",
      "no-source",
      "Write kinko policy build PATH, --preset NAME or --manifest FILE.",
    );
  if (source !== "manifest" && input.flag("for"))
    throw usageError("--for is about a manifest.", "unexpected-option", "Add --manifest FILE.");
  if (source === undefined) {
    if (input.flag("set"))
      throw usageError("Files have no settings.", "unexpected-option", "Leave out --set.");
    return print(context, input, await loadPolicies(context, input.args));
  }
  if (source === "preset") {
    const name = input.text("preset") as PresetName;
    const settings = settingsOf(input, presets[name].settings, `the preset ${name}`);
    return print(context, input, [await makePreset(name, settings)]);
  }
  const backend = (input.text("for") ?? "vault") as Backend;
  const settings = settingsOf(input, backendSettings[backend], `a manifest for ${backend}`);
  const file = input.text("manifest") as string;
  const rights = await generateRights(context.io, file, backend, settings);
  if (rights.kind === "vault") return print(context, input, [rights.policy]);
  for (const { why, scope } of rights.wider)
    context.output.warn(`wider than asked, on ${printable(scope)}: ${why}`);
  return `${JSON.stringify(rights.document, null, 2)}\n`;
}

async function print(
  { globals }: CommandContext,
  input: ParsedInput,
  policies: readonly NamedPolicy[],
): Promise<string> {
  const json = input.text("format") === "json";
  if (json && policies.length > 1 && !globals.json)
    throw usageError(
      "Several policies are no single JSON document.",
      "several-policies",
      "Name one file, or add --json for all by their names.",
    );
  const { printPolicy, printPolicyJson } = await loadPolicyCode();
  const texts = policies.map(
    ({ name, policy }) => [name, json ? printPolicyJson(policy) : printPolicy(policy)] as const,
  );
  if (globals.json) return `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`;
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return only[1];
  return texts.map(([name, text]) => `# Policy ${name}\n\n${text}`).join("\n");
}
