import type { Command, CommandContext } from "../../command.js";
import { usageError } from "../../errors.js";
import { exitCodes } from "../../exit-codes.js";
import { writeFileAtomically } from "../../files/write-file.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { loadPolicies, loadPolicyCode, policiesArgument } from "../../policy/load-policies.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy build",
    summary: summaries.build,
    details: ["Several policies are printed one after the other, or with --json by their names."],
    arguments: [policiesArgument],
    options: [
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
        command: "kinko policy build app.hcl --format json -o app.json",
        does: "as JSON, to a file",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { globals, output, io } = context;
  const policies = await loadPolicies(context, input.args);
  const json = input.text("format") === "json";
  if (json && policies.length > 1 && !globals.json)
    throw usageError(
      "Several policies are no single JSON document.",
      "several-policies",
      "Name one file, or add --json for all by their names.",
    );
  const { printPolicy, printPolicyJson } = await loadPolicyCode();
  const texts = policies.map(({ name, policy }) => ({
    name,
    text: json ? printPolicyJson(policy) : printPolicy(policy),
  }));
  const [only] = texts;
  const text = globals.json
    ? `${JSON.stringify(Object.fromEntries(texts.map((one) => [one.name, one.text])), null, 2)}\n`
    : texts.length === 1 && only !== undefined
      ? only.text
      : texts.map((one) => `# Policy ${one.name}\n\n${one.text}`).join("\n");
  const file = input.text("output");
  if (file === undefined) await output.data(text);
  else if (globals.dryRun) output.note(`Would write ${file}.`);
  else {
    await writeFileAtomically(file, text, { cwd: io.cwd, mode: 0o644 });
    output.note(`Wrote ${file}.`);
  }
  return exitCodes.Ok;
}
