import { resolve } from "node:path";
import type { Command, CommandContext } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import type { ParsedInput } from "../../input/parse-arguments.js";
import { progressBar } from "../../output/progress.js";
import { isLarge } from "../../transit/large-file.js";
import {
  bindingOf,
  bindingOptions,
  keyArgument,
  mountOption,
  openTransit,
} from "../../transit/options.js";
import { readText } from "../../transit/values.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "transit rewrap",
    summary: summaries.rewrap,
    details: [
      "Vault opens and encrypts again by itself; the value never leaves it. Without --in and --out one ciphertext comes from stdin.",
      "With both, a file of ciphertexts, one a line, is rewrapped in batches; --out may be the same file. An interrupted run goes on where it was when the same command is given again: beside --out lie what is done and a journal without values, until all is.",
    ],
    arguments: [keyArgument],
    options: [
      { name: "in", value: "FILE", description: "ciphertexts, one a line", completes: "file" },
      { name: "out", value: "FILE", description: "where the new ones go", completes: "file" },
      {
        name: "keep-bad-lines",
        description: "leave lines as they are that cannot be rewrapped, and report them",
      },
      ...bindingOptions,
      mountOption,
    ],
    examples: [
      { command: "kinko transit rewrap cards < card.txt", does: "one ciphertext" },
      {
        command: "kinko transit rewrap cards --in cards.txt --out cards.txt",
        does: "a file in place",
      },
    ],
  },
  run: rewrap,
};

async function rewrap(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, output, globals } = context;
  const key = input.args[0] as string;
  const { transit, call } = await openTransit(context, input);
  const binding = bindingOf(input);
  if (!isLarge(input)) {
    const ciphertext = await readText(context, input);
    if (globals.dryRun) {
      output.note("Would rewrap one ciphertext.");
      return exitCodes.Ok;
    }
    const rewrapped = await transit.rewrap(key, ciphertext, { ...binding, ...call });
    if (globals.json) await output.json({ key, ciphertext: rewrapped });
    else await output.data(`${rewrapped}\n`);
    return exitCodes.Ok;
  }
  const [from, to] = [input.text("in") ?? "", input.text("out") ?? ""];
  if (globals.dryRun) {
    output.note(`Would rewrap the lines of ${from} into ${to}.`);
    return exitCodes.Ok;
  }
  let lines = 0;
  const bar = progressBar(context, () => `${lines} lines`);
  try {
    const report = await transit.rewrapFile({
      ...binding,
      key,
      input: resolve(io.cwd, from),
      output: resolve(io.cwd, to),
      onBadLine: input.flag("keep-bad-lines") ? "keep" : "stop",
      onProgress: (progress) => {
        ({ lines } = progress);
        bar.show(progress.bytes, progress.totalBytes);
      },
    });
    bar.end();
    if (globals.json) await output.json({ key, ...report });
    else {
      const versions = Object.entries(report.versions).map(
        ([version, count]) => `${count} of version ${version}`,
      );
      const resumed = report.resumedLines === 0 ? "" : `; ${report.resumedLines} were done before`;
      output.note(`Rewrapped ${report.lines} lines: ${versions.join(", ") || "none"}${resumed}.`);
    }
    for (const { line, reason } of report.failures) {
      output.warn(`Line ${line} stays as it was (${reason}).`);
    }
    return report.failedLines === 0 ? exitCodes.Ok : exitCodes.Internal;
  } finally {
    bar.end();
  }
}
