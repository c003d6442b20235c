import type { CommandContext, OptionSpec } from "../command.js";
import { oneOf } from "../input/option-values.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { readToken } from "./options.js";

/** Which token a command is about. */
export type TokenTarget =
  | { readonly by: "self" }
  | { readonly by: "accessor"; readonly accessor: string }
  | { readonly by: "token"; readonly token: string };

/** Options that say which token is meant. */
export const tokenTargetOptions: readonly OptionSpec[] = [
  { name: "self", description: "the token of the config" },
  { name: "accessor", value: "ACCESSOR", description: "the token with this accessor" },
];

/** What the help of such a command says. */
export const tokenTargetDetails = "Without an option the token comes from stdin or a prompt.";

/** The token that is meant, asked for where no option says. @throws CliError */
export async function tokenTarget(
  context: CommandContext,
  input: ParsedInput,
): Promise<TokenTarget> {
  oneOf(input, ["self", "accessor"]);
  const accessor = input.text("accessor");
  if (accessor !== undefined) return { by: "accessor", accessor };
  if (input.flag("self")) return { by: "self" };
  return { by: "token", token: await readToken(context, "Token") };
}
