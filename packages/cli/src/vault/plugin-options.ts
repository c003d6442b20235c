import { usageError } from "../errors.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { readFileBytes, withoutLineEnd } from "../input/read-bytes.js";
import type { CliIo } from "../io.js";

/**
 * Names of options that hold a secret in some plugin: `private_key`, `tls_certificate_key`,
 * `service_account_json`, `pem_bundle`.
 */
const secretNames = /key|json$|secret|token|password|passphrase|credential|^pem_/iu;

/** Names that look like it, and hold none: how PostgreSQL is given passwords. */
const plainNames: ReadonlySet<string> = new Set(["password_authentication"]);

/**
 * What `--option NAME=VALUE` says to a plugin, in its own words; `NAME=@FILE` reads the value.
 * @throws CliError for no pair, and for a value that may be secret and is given as an argument
 */
export async function pluginOptionsOf(
  io: CliIo,
  input: ParsedInput,
): Promise<Readonly<Record<string, string>>> {
  const options: [name: string, value: string][] = [];
  for (const text of input.list("option")) {
    const end = text.indexOf("=");
    if (end < 1) {
      const advice = "Add the equals sign.";
      throw usageError("--option wants NAME=VALUE.", "invalid-option-value", advice);
    }
    const name = text.slice(0, end);
    const value = text.slice(end + 1);
    if (value.startsWith("@")) options.push([name, await valueIn(io, value.slice(1))]);
    else if (value !== "" && secretNames.test(name) && !plainNames.has(name)) throw inArgument();
    else options.push([name, value]);
  }
  return Object.fromEntries(options);
}

async function valueIn(io: CliIo, file: string): Promise<string> {
  const bytes = await readFileBytes(io, file);
  try {
    const text = withoutLineEnd(bytes).toString("utf8");
    if (text !== "") return text;
  } finally {
    bytes.fill(0);
  }
  throw usageError(
    "The file of an --option is empty.",
    "empty-value",
    "Check that it is the right file; --option NAME= means no value.",
  );
}

function inArgument(): Error {
  return usageError(
    "The value of an --option that may be secret is refused as an argument.",
    "secret-argument",
    "ps and the shell history would show it: write it to a file, and give --option NAME=@FILE. If it was a real one, change it now.",
  );
}
