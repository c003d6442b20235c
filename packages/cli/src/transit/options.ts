import type { CryptoBinding, CryptoCallOptions } from "@kinko/core";
import type { TransitCapability } from "@kinko/provider-vault";
import type { ArgumentSpec, CommandContext, OptionSpec } from "../command.js";
import type { ParsedInput } from "../input/parse-arguments.js";

/** The key that a command works with. */
export const keyArgument: ArgumentSpec = { name: "KEY", description: "name of the key" };

/** Another engine than the configured one. */
export const mountOption: OptionSpec = {
  name: "mount",
  value: "PATH",
  description: "path of the transit engine (default: that of the config, else transit)",
};

/** What has to be the same again when a ciphertext is opened. */
export const bindingOptions: readonly OptionSpec[] = [
  { name: "context", value: "TEXT", description: "context of a derived key, such as a tenant" },
  {
    name: "associated-data",
    value: "TEXT",
    description: "authenticated with the ciphertext, and needed again to open it",
  },
];

/** A file in place of stdin and one in place of stdout. */
export const fileOptions: readonly OptionSpec[] = [
  {
    name: "in",
    value: "FILE",
    description: "read a file of any size; - is stdin",
    completes: "file",
  },
  {
    name: "out",
    value: "FILE",
    description: "write a file that only you can read; - is stdout",
    completes: "file",
  },
];

/** Transit as the command line wants it. */
export async function openTransit(
  context: CommandContext,
  input: ParsedInput,
): Promise<{ readonly transit: TransitCapability; readonly call: CryptoCallOptions }> {
  const transit = (await context.openStore()).as("transit");
  const mount = input.text("mount");
  return {
    transit: mount === undefined ? transit : transit.at(mount),
    call: { timeoutMs: context.globals.timeoutMs },
  };
}

/** What `--context` and `--associated-data` say. */
export function bindingOf(input: ParsedInput): CryptoBinding {
  const bytes = (name: string): Uint8Array | undefined => {
    const text = input.text(name);
    return text === undefined ? undefined : Buffer.from(text, "utf8");
  };
  return { context: bytes("context"), associatedData: bytes("associated-data") };
}
