import { isRecipient } from "../crypto/age.js";
import { Keyring } from "../crypto/keyring.js";
import { readRecipientsFile } from "../crypto/recipients.js";
import { localError, toLocalError } from "../errors.js";
import { writeFileDurably } from "../file/write-file.js";
import type { LocalSettings } from "../settings.js";
import { StoreFile } from "../store/store-file.js";
import { clockOf, settingsOf, type LocalAdminOptions } from "./location.js";

/** Who can open a store. */
export interface RecipientList {
  /** The public key of the own identity. */
  readonly own: string;
  /** Everybody whom the store file is encrypted to now. */
  readonly current: readonly string[];
  /** Where the list is kept. */
  readonly source: "config" | "file" | "store";
}

/** Reads who can open the store. Needs an identity that can. */
export async function readRecipients(options: LocalAdminOptions = {}): Promise<RecipientList> {
  return withStore(options, async (settings, store, signal) => {
    const own = await ownRecipient(settings);
    const current = await store.read(signal, ({ header }) => header.recipients);
    const listed = settings.recipients ?? (await readRecipientsFile(settings));
    const source =
      settings.recipients !== undefined ? "config" : listed === undefined ? "store" : "file";
    return { own, current, source };
  });
}

/**
 * Lets one more identity open the store: writes the recipients file, then encrypts the store anew.
 * Doing it twice changes nothing.
 * @throws ConfigError `invalid-recipient`, `recipients-in-config`
 */
export async function addRecipient(
  recipient: string,
  options: LocalAdminOptions = {},
): Promise<RecipientList> {
  if (!isRecipient(recipient)) {
    throw localError(
      "Config",
      "invalid-recipient",
      "This is not an age public key.",
      "Give the age1… key that kinko init printed for the other person.",
    );
  }
  return changeRecipients(options, (current) => [...new Set([...current, recipient])]);
}

/**
 * Encrypts the store so that one identity can no longer open it. Whoever could open it before may
 * still know what was in it, and can open older copies: rotate the secrets as well.
 * @throws NotFoundError `unknown-recipient`, ConfigError `own-recipient`, `recipients-in-config`
 */
export function removeRecipient(
  recipient: string,
  options: LocalAdminOptions = {},
): Promise<RecipientList> {
  return changeRecipients(options, (current, own) => {
    if (recipient === own) {
      throw localError(
        "Config",
        "own-recipient",
        "This is the public key of your own identity, which always stays a recipient.",
        "Let somebody else remove it.",
      );
    }
    if (!current.includes(recipient)) {
      throw localError(
        "NotFound",
        "unknown-recipient",
        "The store has no such recipient.",
        "List the recipients to see whom the store is encrypted to.",
      );
    }
    return current.filter((each) => each !== recipient);
  });
}

async function changeRecipients(
  options: LocalAdminOptions,
  change: (current: readonly string[], own: string) => readonly string[],
): Promise<RecipientList> {
  return withStore(options, async (settings, store, signal) => {
    if (settings.recipients !== undefined) {
      throw localError(
        "Config",
        "recipients-in-config",
        "The recipients of this store are listed in the config.",
        "Change `recipients` there, or move the list into a recipients file.",
      );
    }
    const own = await ownRecipient(settings);
    const documented = await store.read(signal, ({ header }) => header.recipients);
    const current = [...new Set([own, ...((await readRecipientsFile(settings)) ?? documented)])];
    const next = change(current, own);
    await writeFileDurably(settings.recipientsFile, Buffer.from(`${next.join("\n")}\n`));
    await store.change(signal, (draft) => draft.rewrite());
    const written = await store.read(signal, ({ header }) => header.recipients);
    return { own, current: written, source: "file" };
  });
}

async function ownRecipient(settings: LocalSettings): Promise<string> {
  const keyring = new Keyring(settings);
  try {
    return await keyring.ownRecipient();
  } finally {
    keyring.dispose();
  }
}

async function withStore<Result>(
  options: LocalAdminOptions,
  work: (settings: LocalSettings, store: StoreFile, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const settings = settingsOf(options);
  const store = new StoreFile(settings, clockOf(options));
  try {
    return await work(settings, store, new AbortController().signal);
  } catch (error) {
    throw toLocalError(error);
  } finally {
    await store.close();
  }
}
