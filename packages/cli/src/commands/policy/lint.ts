import type { LintFinding, LintSeverity } from "@kinko/provider-vault/policies";
import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { printable } from "../../output/output.js";
import type { Style } from "../../output/style.js";
import { problemOf } from "../../policy/errors.js";
import { loadPath, loadPolicyCode, policiesArgument } from "../../policy/load-policies.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy lint",
    summary: summaries.lint,
    details: [
      "Exits with 1 when there are errors, with --strict also for warnings. A file that Vault would refuse is an error, with its line, column and a caret.",
    ],
    arguments: [policiesArgument],
    options: [
      {
        name: "kv2",
        value: "MOUNT",
        repeatable: true,
        description: "path of a KV version 2 engine, whose rules need data/ and metadata/",
      },
      { name: "strict", description: "warnings count as errors" },
    ],
    examples: [
      { command: "kinko policy lint policies --kv2 secret", does: "all files of a folder" },
      { command: "kinko policy lint app.hcl --strict", does: "in CI" },
    ],
  },
  run,
};

/** A finding and where it is. */
interface PlacedFinding extends LintFinding {
  readonly file: string;
  readonly excerpt?: string;
}

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const { lintPolicy } = await loadPolicyCode();
  const options = { kv2Mounts: input.list("kv2") };
  const findings: PlacedFinding[] = [];
  let files = 0;
  for (const path of input.args) {
    const { policies, problems } = await loadPath(context.io, path);
    files += policies.length + problems.length;
    for (const { file, error } of problems) {
      const { line, column, advice = "", excerpt } = error;
      const position = { line, column };
      const message = problemOf(error);
      findings.push({
        file,
        code: "syntax",
        severity: "error",
        message,
        advice,
        position,
        excerpt,
      });
    }
    for (const { file, policy } of policies)
      findings.push(...lintPolicy(policy, options).map((finding) => ({ ...finding, file })));
  }
  const count = (severity: LintSeverity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  if (globals.json) await output.json({ files, findings });
  else if (globals.plain) await output.records(findings.map(recordOf));
  else {
    await output.data(findings.map((finding) => textOf(finding, output.style)).join(""));
    output.note(
      `${files} files: ${count("error")} errors, ${count("warning")} warnings, ${count("info")} remarks.`,
    );
  }
  const failed = count("error") > 0 || (input.flag("strict") && count("warning") > 0);
  return failed ? exitCodes.Internal : exitCodes.Ok;
}

function placeOf({ file, position }: PlacedFinding): string {
  return position === undefined ? file : `${file}:${position.line}:${position.column}`;
}

function recordOf(finding: PlacedFinding): string[] {
  const { severity, code, message } = finding;
  return [placeOf(finding), severity, code, message];
}

function textOf(finding: PlacedFinding, style: Style): string {
  const { severity, code, message, advice, path, excerpt } = finding;
  const mark = { error: style.red, warning: style.yellow, info: style.cyan }[severity](severity);
  const rule = path === undefined ? "" : ` ${style.bold(printable(path))}:`;
  const lines = [
    `${printable(placeOf(finding))}: ${mark}:${rule} ${printable(message)} ${style.dim(`(${code})`)}`,
    ...(excerpt === undefined ? [] : excerpt.split("\n").map((line) => `    ${line}`)),
    `    ${style.dim(printable(advice))}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}
