import type { Command, CommandContext } from "../command.js";
import { completionScript } from "../completion/script.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "completion",
    summary: summaries.completion,
    details: [
      "Completes commands, options, and the names of secrets from the store: names only, and nothing when the store cannot be asked quickly.",
    ],
    arguments: [{ name: "SHELL", description: "which shell", choices: ["bash", "zsh", "fish"] }],
    options: [],
    examples: [
      { command: 'eval "$(kinko completion bash)"', does: "in ~/.bashrc" },
      { command: "kinko completion zsh > ~/.zfunc/_kinko", does: "in a folder of $fpath" },
      {
        command: "kinko completion fish > ~/.config/fish/completions/kinko.fish",
        does: "for fish",
      },
    ],
  },
  run: completion,
};

async function completion(context: CommandContext, input: ParsedInput): Promise<number> {
  await context.output.data(completionScript(input.args[0] as "bash" | "zsh" | "fish"));
  return exitCodes.Ok;
}
