import type { PolicyTestReport } from "@kinko/provider-vault/policies";
import type { Command, CommandContext } from "../../command.js";
import { usageError } from "../../errors.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { printable } from "../../output/output.js";
import type { Style } from "../../output/style.js";
import { policyFileError } from "../../policy/errors.js";
import { loadPolicyCode } from "../../policy/load-policies.js";
import { findTestFiles, loadTests, type LoadedTests } from "../../policy/test-files.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "policy test",
    summary: summaries.test,
    details: [
      "Runs *.policy-test.yaml files in process, without a server: what a token with some policies may do, and what not. A policy is a file beside the tests, such as app.hcl for app, or one that the tests list. Exits with 1 when a check fails, and with --strict also when no check comes to a rule.",
    ],
    arguments: [
      {
        name: "PATH",
        description: "a *.policy-test.yaml, or a folder of them (default: this folder)",
        optional: true,
        variadic: true,
        completes: "file",
      },
    ],
    options: [
      {
        name: "format",
        value: "text|tap|junit",
        description: "for people (default) or for CI",
        choices: ["text", "tap", "junit"],
      },
      { name: "strict", description: "rules that no check comes to are failures" },
    ],
    examples: [
      { command: "kinko policy test policies", does: "all tests of a folder" },
      { command: "kinko policy test policies --format junit > report.xml", does: "in CI" },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, output, globals } = context;
  const format = input.text("format") ?? "text";
  if (globals.json && format !== "text")
    throw usageError("--json and --format exclude each other.", "conflicting-options", "Give one.");
  const { formatJunit, formatTap } = await loadPolicyCode();
  const paths = input.args.length === 0 ? ["."] : input.args;
  const reports = new Map<string, PolicyTestReport>();
  for (const path of await findTestFiles(io, paths))
    reports.set(path, await runFile(path, await loadTests(io, path)));
  const all = Array.from(reports.values());
  const failed = all.reduce((sum, report) => sum + report.failed, 0);
  const untested = all.reduce((sum, report) => sum + report.untested.length, 0);
  if (globals.json)
    await output.json({
      passed: all.reduce((sum, report) => sum + report.passed, 0),
      failed,
      files: Array.from(reports, ([file, report]) => ({ file, ...report })),
    });
  else if (format === "junit") await output.data(formatJunit(reports));
  else if (format === "tap") await output.data(formatTap(reports));
  else await output.data(describe(reports, output.style));
  return failed > 0 || (input.flag("strict") && untested > 0) ? exitCodes.Internal : exitCodes.Ok;
}

async function runFile(path: string, { file, policies }: LoadedTests): Promise<PolicyTestReport> {
  const { PolicyTestFileError, runPolicyTests } = await loadPolicyCode();
  try {
    return runPolicyTests(file, policies);
  } catch (error) {
    throw error instanceof PolicyTestFileError ? policyFileError([{ file: path, error }]) : error;
  }
}

function describe(reports: ReadonlyMap<string, PolicyTestReport>, style: Style): string {
  const lines = Array.from(reports).flatMap(([file, { results, untested }]) => [
    style.bold(printable(file)),
    ...results.flatMap(({ test, check, passed, position, failure }) => [
      `  ${passed ? style.green("✓") : style.red("✗")} ${printable(test)}: ${printable(check)}`,
      ...(failure === undefined
        ? []
        : [
            `      ${style.dim(`at ${printable(file)}:${position.line}:${position.column}`)}`,
            ...failure.split("\n").map((line) => `      ${printable(line)}`),
          ]),
    ]),
    ...untested.map(({ policy, path, position }) => {
      const line = position === undefined ? "" : ` (line ${position.line})`;
      return style.yellow(`  ? no check comes to path ${printable(path)} of ${policy}${line}`);
    }),
  ]);
  const all = Array.from(reports.values());
  const sum = (of: (report: PolicyTestReport) => number): number =>
    all.reduce((total, report) => total + of(report), 0);
  const [passed, failed] = [sum((one) => one.passed), sum((one) => one.failed)];
  return [...lines, `${passed} passed, ${failed} failed.`].map((line) => `${line}\n`).join("");
}
