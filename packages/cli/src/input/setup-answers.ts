import type { ProviderFactory, SetupParameter } from "@kinko/core";
import { environmentOptions } from "@kinko/core/config";
import { hasLiteralCredential } from "../config/mask-config.js";
import { usageError } from "../errors.js";
import type { CliIo } from "../io.js";
import { askHiddenTwice, askText, canAsk } from "../prompt/ask.js";
import type { ParsedInput } from "./parse-arguments.js";
import { readFileBytes, readStdin, withoutLineEnd } from "./read-bytes.js";

/** What `kinko init` was told. */
export interface Answers {
  /** For the provider's setup. */
  readonly setup: Readonly<Record<string, string>>;
  /** For the config file. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Sorts what was given into answers for the setup and options for the config, and asks for the
 * rest in a terminal. Order: arguments, files, environment, questions.
 */
export async function collectAnswers(
  io: CliIo,
  factory: ProviderFactory,
  input: ParsedInput,
  dryRun: boolean,
): Promise<Answers> {
  const parameters = new Map(
    (factory.setup?.parameters ?? []).map((parameter) => [parameter.name, parameter]),
  );
  const setup = new Map<string, string>();
  const options = new Map<string, unknown>();
  for (const text of input.list("option")) {
    const [name, value] = split(text, "--option");
    const parameter = parameters.get(name);
    if (parameter?.secret === true) throw secretArgument(name);
    if (parameter !== undefined) {
      setup.set(name, value);
      continue;
    }
    const option = await typed(factory, name, value);
    if (hasLiteralCredential(option, name)) throw credentialArgument(name);
    options.set(name, option);
  }
  for (const text of input.list("option-file")) {
    const [name, file] = split(text, "--option-file");
    if (!parameters.has(name)) throw unknownParameter(name, [...parameters.keys()]);
    setup.set(name, await readAnswer(io, file));
  }
  for (const { path, value } of environmentOptions(factory.name, io.env)) {
    const [name] = path;
    if (path.length === 1 && name !== undefined && parameters.has(name) && !setup.has(name)) {
      setup.set(name, value);
    }
  }
  for (const parameter of parameters.values()) {
    if (setup.has(parameter.name) || parameter.ask !== true || dryRun || !canAsk(io)) continue;
    const answer = await ask(io, parameter);
    if (answer !== "") setup.set(parameter.name, answer);
  }
  return { setup: Object.fromEntries(setup), options: Object.fromEntries(options) };
}

function split(text: string, option: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw usageError(
    `${option} is not written as NAME=VALUE.`,
    "invalid-option-value",
    `Write for example ${option} ${option === "--option" ? "file=secrets.age" : "passphrase=-"}.`,
  );
}

async function readAnswer(io: CliIo, file: string): Promise<string> {
  const bytes = file === "-" ? await readStdin(io) : await readFileBytes(io, file);
  const text = withoutLineEnd(bytes).toString("utf8");
  bytes.fill(0);
  return text;
}

function ask(io: CliIo, { secret, description }: SetupParameter): Promise<string> {
  const question = `${description} (empty for none)`;
  return secret === true ? askHiddenTwice(io, question) : askText(io, question);
}

/** Text stays text where the schema takes it; otherwise it is a number, a boolean or JSON. */
async function typed(factory: ProviderFactory, name: string, value: string): Promise<unknown> {
  const result = await factory.options["~standard"].validate({ [name]: value });
  const refused = (result.issues ?? []).some((issue) => {
    const first = issue.path?.[0];
    return (typeof first === "object" ? first.key : first) === name;
  });
  if (!refused) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function secretArgument(name: string): Error {
  return usageError(
    `${name} is secret, so it is not taken as an argument: ps and the shell history would show it.`,
    "secret-argument",
    `Leave it out to be asked, or write --option-file ${name}=- and pipe it in.`,
  );
}

function credentialArgument(name: string): Error {
  return usageError(
    `${name} would be a credential as an argument, and in the config file.`,
    "secret-argument",
    "Write a reference in its place, such as '${env:NAME}' or '${file:path}' in single quotes.",
  );
}

function unknownParameter(name: string, known: readonly string[]): Error {
  return usageError(
    `The setup does not ask for ${name}.`,
    "unknown-parameter",
    known.length === 0 ? "This provider needs no setup." : `It asks for ${known.join(", ")}.`,
  );
}
