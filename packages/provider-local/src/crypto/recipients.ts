import { errnoOf, localError } from "../errors.js";
import { InsecureFileError, readCheckedFile } from "../file/read-file.js";
import type { LocalSettings } from "../settings.js";

const maxRecipientsBytes = 1024 * 1024;
const recipientPattern = /^age1[02-9ac-hj-np-z]{58}$/u;

/**
 * Who can open the next commit, the own identity first: the recipients of the config, else those of
 * the recipients file, else those that the document names. The last matters when somebody writes
 * without having that file: nobody is locked out.
 *
 * @throws ConfigError `invalid-recipient`, `insecure-recipients` or `recipients-missing`
 */
export async function currentRecipients(
  settings: LocalSettings,
  own: string,
  documented: readonly string[],
): Promise<readonly string[]> {
  const named = settings.recipients ?? (await readRecipientsFile(settings)) ?? documented;
  return [...new Set([own, ...named])];
}

/** The public keys of the recipients file; undefined when there is none and none is required. */
export async function readRecipientsFile(
  settings: LocalSettings,
): Promise<readonly string[] | undefined> {
  const path = settings.recipientsFile;
  let text: string;
  try {
    text = (await readCheckedFile(path, "public", maxRecipientsBytes)).bytes.toString("utf8");
  } catch (error) {
    if (error instanceof InsecureFileError) {
      throw localError(
        "Config",
        "insecure-recipients",
        `The recipients file is not safe: ${error.problem.what}`,
        error.problem.advice,
      );
    }
    if (errnoOf(error) !== "ENOENT") throw error;
    if (!settings.recipientsFileRequired) return undefined;
    throw localError(
      "Config",
      "recipients-missing",
      `There is no recipients file ${path}.`,
      "Create it with one public key per line, or remove the option recipientsFile.",
    );
  }
  return parseRecipients(text, path);
}

function parseRecipients(text: string, path: string): readonly string[] {
  const recipients: string[] = [];
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    const recipient = line.replace(/#.*$/u, "").trim();
    if (recipient === "") continue;
    if (!recipientPattern.test(recipient)) {
      throw localError(
        "Config",
        "invalid-recipient",
        `${path}:${index + 1} is not an age public key.`,
        "Write one age1… public key per line; comments begin with #.",
      );
    }
    recipients.push(recipient);
  }
  return recipients;
}
