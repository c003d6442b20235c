import type { ExportFormat } from "@kinko/delivery";
import type { Command, CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import { writeFileAtomically } from "../files/write-file.js";
import { readEnvironment, sourceOptions } from "../input/environment-sources.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { summaries } from "./summaries.js";

/** What people write, and what the format is called. */
const formats: Readonly<Record<string, ExportFormat>> = {
  dotenv: "dotenv",
  shell: "shell",
  json: "json",
  yaml: "yaml",
  docker: "docker",
  k8s: "kubernetes",
  tfvars: "tfvars",
};

export const command: Command = {
  spec: {
    name: "export",
    summary: summaries.export,
    details: [
      "The output holds values. It goes to a pipe or a file; to a terminal only with --reveal. A file is written whole, with mode 0600. Entries are sorted by name.",
    ],
    arguments: [],
    options: [
      ...sourceOptions,
      {
        name: "format",
        short: "f",
        value: "FORMAT",
        description: "how to write them (default dotenv)",
        choices: Object.keys(formats),
      },
      {
        name: "output",
        short: "o",
        value: "FILE",
        description: "write to a file that only you can read",
        completes: "file",
      },
      { name: "name", value: "NAME", description: "name of the Kubernetes Secret" },
      { name: "namespace", value: "NAME", description: "namespace of the Kubernetes Secret" },
      { name: "reveal", description: "write values to a terminal" },
    ],
    examples: [
      { command: "kinko export --prefix prod/app --output .env", does: "a dotenv file" },
      {
        command: 'eval "$(kinko export --prefix dev/app --format shell)"',
        does: "into the running shell",
      },
      {
        command: "kinko export --prefix prod/app --format k8s --name app | kubectl apply -f -",
        does: "a Kubernetes Secret",
      },
    ],
  },
  run: exportSecrets,
};

async function exportSecrets(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const format = formats[globals.json ? "json" : (input.text("format") ?? "dotenv")] ?? "dotenv";
  const file = input.text("output");
  if (file === undefined && output.isTerminal && !input.flag("reveal") && !globals.dryRun) {
    throw usageError(
      "This would show secrets in the terminal.",
      "reveal-needed",
      "Add --output FILE, send the output into a pipe, or add --reveal if that is what you want.",
    );
  }
  using environment = await readEnvironment(context, input);
  const { exportEnvironment } = await import("@kinko/delivery");
  const text = exportEnvironment(format, environment, {
    name: input.text("name"),
    namespace: input.text("namespace"),
  });
  const count = environment.variables.length;
  const what = `${count} ${count === 1 ? "variable" : "variables"}`;
  if (globals.dryRun) {
    const names = environment.variables.map(({ name }) => name).join(", ");
    output.note(`Would export ${what} as ${format}: ${names}.`);
  } else if (file === undefined) await output.data(text);
  else {
    await writeFileAtomically(file, text, { cwd: context.io.cwd });
    output.note(`Wrote ${what} to ${file}, readable only by you.`);
  }
  return exitCodes.Ok;
}
