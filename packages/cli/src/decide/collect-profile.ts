import { formatPath, isSecretError } from "@kinko/core";
import type { Profile, ProfileField } from "@kinko/decision";
import type { CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { readDocument } from "../files/read-document.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { canAsk } from "../prompt/ask.js";

/**
 * What is known about the project: measured, then the profile file over it, then single answers,
 * then what a person is asked.
 */
export async function collectProfile(
  context: CommandContext,
  input: ParsedInput,
): Promise<Profile> {
  const { mergeProfiles, parseProfile } = await import("@kinko/decision");
  const file = input.text("profile");
  const answers = input.list("answer");
  const told = file !== undefined || answers.length > 0 || input.flag("scan");
  const asks = input.flag("ask") || (!told && canAsk(context.io));
  if (!told && !asks) {
    throw usageError(
      "Nothing is known about the project.",
      "missing-profile",
      "Give --profile FILE, --answer NAME=VALUE or --scan, or run it in a terminal to be asked.",
    );
  }
  if (asks && !canAsk(context.io)) {
    throw usageError(
      "There is no terminal to ask in.",
      "no-terminal",
      "Leave out --ask, and give --profile FILE or --answer NAME=VALUE.",
    );
  }
  const known = mergeProfiles(
    ...(input.flag("scan") ? await scan(context) : []),
    ...(file === undefined ? [] : [parseProfile(await readDocument(context.io, file))]),
    await parseAnswers(answers),
  );
  if (!asks) return known;
  const { askProfile } = await import("./ask-profile.js");
  return mergeProfiles(known, await askProfile(context.io, known));
}

async function parseAnswers(written: readonly string[]): Promise<Profile> {
  const { parseAnswerText } = await import("@kinko/decision");
  const answers = written.map((text) => {
    const equals = text.indexOf("=");
    if (equals < 1) {
      throw usageError(
        "An answer is not written as NAME=VALUE.",
        "invalid-option-value",
        "Write for example --answer secretCount=120.",
      );
    }
    const name = text.slice(0, equals) as ProfileField;
    const value = parseAnswerText(name, text.slice(equals + 1));
    return [name, value === null ? null : { value, source: "command line" }];
  });
  return Object.fromEntries(answers) as Profile;
}

/** The folder, and the store where one is configured; a store that fails is told, not fatal. */
async function scan(context: CommandContext): Promise<Profile[]> {
  const { countFromStore, scanDirectory } = await import("@kinko/decision");
  const { io, output } = context;
  const found = await scanDirectory({ directory: io.cwd, now: new Date(io.clock.now()) });
  for (const note of found.notes) output.note(note);
  try {
    const loaded = await context.loadConfig();
    if (loaded.file === undefined && loaded.providerFrom === "default") return [found.profile];
    const store = await context.openStore();
    const names = async function* (): AsyncGenerator<string> {
      for await (const item of store.list()) {
        if (item.type === "secret" && item.deleted !== true) yield formatPath(item.path);
      }
    };
    const counted = await countFromStore(names(), { source: `store ${store.provider}` });
    return [found.profile, counted];
  } catch (error) {
    if (!isSecretError(error)) throw error;
    output.warn(`The configured store could not be counted: ${error.message}`);
    return [found.profile];
  }
}
