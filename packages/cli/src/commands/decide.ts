import type { Decision } from "@kinko/decision";
import type { Command, CommandContext } from "../command.js";
import { collectProfile } from "../decide/collect-profile.js";
import { describeDecision } from "../decide/describe.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import { readDocument } from "../files/read-document.js";
import { writeFileAtomically } from "../files/write-file.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { readFileBytes } from "../input/read-bytes.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "decide",
    summary: summaries.decide,
    details: [
      "Weighs what is known about a project against the criteria for and against an own Vault, and says which unknown answers would change the verdict. Answers come from --profile, --answer and --scan (what a person says wins over what was measured), or from questions in a terminal. --check compares with a recorded decision, in JSON or Markdown, and exits 1 when it no longer holds.",
    ],
    arguments: [],
    options: [
      { name: "profile", value: "FILE", description: "answers in YAML or JSON", completes: "file" },
      {
        name: "answer",
        short: "a",
        value: "NAME=VALUE",
        repeatable: true,
        description: "one answer; unknown leaves it open",
      },
      {
        name: "scan",
        description: "measure what can be: this folder, its git history, the configured store",
      },
      { name: "ask", description: "ask for what is still unknown" },
      {
        name: "rules",
        value: "FILE",
        description: "own weights, thresholds and margin",
        completes: "file",
      },
      { name: "md", description: "a decision record in Markdown, ready to commit" },
      { name: "html", description: "a decision record in one HTML file" },
      {
        name: "output",
        short: "o",
        value: "FILE",
        description: "write to a file",
        completes: "file",
      },
      {
        name: "check",
        value: "RECORD",
        description: "exit 1 when this recorded decision no longer holds",
        completes: "file",
      },
      { name: "title", value: "TEXT", description: "title of the record" },
      { name: "status", value: "TEXT", description: "status of the record (default proposed)" },
    ],
    examples: [
      { command: "kinko decide", does: "answer questions" },
      {
        command: "kinko decide --scan -a needsDynamicSecrets=yes",
        does: "measure, and add what is known",
      },
      {
        command: "kinko decide --profile kinko.profile.yaml --md -o docs/vault.md",
        does: "a record to commit",
      },
      {
        command: "kinko decide --profile kinko.profile.yaml --check docs/vault.md",
        does: "in CI: does it still hold?",
      },
    ],
  },
  run: decideCommand,
};

async function decideCommand(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io } = context;
  const form = formOf(context, input);
  const { checkDecision, decide } = await import("@kinko/decision");
  const rulesFile = input.text("rules");
  // The decision module checks rules itself; here they are only what a file held.
  const options =
    rulesFile === undefined ? {} : { rules: (await readDocument(io, rulesFile)) as object };
  const record = input.text("check");
  if (record === undefined) {
    const decision = decide(await collectProfile(context, input), options);
    await write(context, input, await render(context, input, decision, form));
    return exitCodes.Ok;
  }
  const recorded = (await readFileBytes(io, record)).toString("utf8");
  const check = checkDecision(recorded, await collectProfile(context, input), options);
  const { holds, differences } = check;
  if (form === "json") {
    const verdict = check.current.verdict;
    await write(context, input, `${JSON.stringify({ holds, verdict, differences }, null, 2)}\n`);
  } else {
    const lines = differences.map(({ message }) => `- ${message}\n`);
    const verdict = holds ? "The decision still holds.\n" : "The decision no longer holds.\n";
    await write(context, input, `${verdict}${lines.join("")}`);
  }
  return holds ? exitCodes.Ok : exitCodes.Internal;
}

type Form = "text" | "json" | "md" | "html";

function formOf({ globals }: CommandContext, input: ParsedInput): Form {
  const chosen = [
    ...(globals.json ? ["json"] : []),
    ...(input.flag("md") ? ["md"] : []),
    ...(input.flag("html") ? ["html"] : []),
  ] as Form[];
  if (chosen.length <= 1) return chosen[0] ?? "text";
  throw usageError(
    "--json, --md and --html exclude each other.",
    "conflicting-options",
    "Give one of them.",
  );
}

async function render(
  { io, output }: CommandContext,
  input: ParsedInput,
  decision: Decision,
  form: Form,
): Promise<string> {
  const { toHtml, toJson, toMarkdown } = await import("@kinko/decision");
  const options = {
    date: new Date(io.clock.now()).toISOString().slice(0, 10),
    title: input.text("title"),
    status: input.text("status"),
    checkCommand: checkCommand(input),
  };
  switch (form) {
    case "json":
      return toJson(decision);
    case "md":
      return toMarkdown(decision, options);
    case "html":
      return toHtml(decision, options);
    default:
      return describeDecision(decision, output.style);
  }
}

/** The command for the record to say how it is checked; undefined for answers in no file. */
function checkCommand(input: ParsedInput): string | undefined {
  const profile = input.text("profile");
  const record = input.text("output") ?? "RECORD";
  const plain = [profile ?? "", record].every((name) => /^[\w./-]+$/u.test(name));
  return plain ? `kinko decide --profile ${profile} --check ${record}` : undefined;
}

async function write(context: CommandContext, input: ParsedInput, text: string): Promise<void> {
  const file = input.text("output");
  if (file === undefined) {
    await context.output.data(text);
  } else if (context.globals.dryRun) {
    context.output.note(`Would write ${file}.`);
  } else {
    await writeFileAtomically(file, text, { cwd: context.io.cwd, mode: 0o644 });
    context.output.note(`Wrote ${file}.`);
  }
}
