import { randomUUID } from "node:crypto";
import { mkdir, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { InvalidValueError, type Secret } from "@kinko/core";
import { encryptTo } from "../crypto/age.js";
import { identityVariable } from "../crypto/identity.js";
import { Keyring } from "../crypto/keyring.js";
import { currentRecipients } from "../crypto/recipients.js";
import { serialiseDocument } from "../document/document.js";
import { errnoOf, localError, toLocalError } from "../errors.js";
import { parentProblem } from "../file/access.js";
import { writeFileDurably } from "../file/write-file.js";
import type { LocalSettings } from "../settings.js";
import { generateIdentity } from "./generate-identity.js";
import { clockOf, settingsOf, type LocalAdminOptions } from "./location.js";

/** Shortest passphrase that a new identity accepts, in characters. */
const minPassphraseLength = 8;

/** Where to create a store, and for whom. */
export interface InitLocalStoreOptions extends LocalAdminOptions {
  /** Protects a new identity file. An existing one that is protected needs it to be opened. */
  readonly passphrase?: Secret | undefined;
}

/** What was created. */
export interface InitLocalStoreResult {
  readonly file: string;
  /** Undefined when the identity came from `KINKO_IDENTITY`. */
  readonly identityFile: string | undefined;
  /** False when there was an identity already, which is then used. */
  readonly identityCreated: boolean;
  /** The public key of the identity, to give to others. */
  readonly recipient: string;
  /** Everybody who can open the store. */
  readonly recipients: readonly string[];
}

/**
 * Creates an empty store, and an identity where there is none. Folders get mode 0700, files 0600.
 * Nothing that exists is ever overwritten, and folders are taken away again when it fails.
 *
 * @throws AlreadyExistsError `store-exists`; ConfigError `insecure-store`, `insecure-identity`,
 * `invalid-recipient`; InvalidValueError `weak-passphrase`; and what opening an identity throws
 * @example
 * const { file, recipient } = await initLocalStore({ directory: "/srv/app" });
 */
export async function initLocalStore(
  options: InitLocalStoreOptions = {},
): Promise<InitLocalStoreResult> {
  const made: string[] = [];
  try {
    return await init(options, made);
  } catch (error) {
    // A folder that is no longer empty stays, with all above it.
    for (const folder of made.toReversed()) await rmdir(folder).catch(() => undefined);
    throw toLocalError(error);
  }
}

/** @param made gets the folders that are made, each after the one that it is in */
async function init(options: InitLocalStoreOptions, made: string[]): Promise<InitLocalStoreResult> {
  const { passphrase, ...adminOptions } = options;
  const settings = withPassphrase(settingsOf(adminOptions), passphrase);
  const now = new Date(clockOf(adminOptions).now());
  if (await exists(settings.file)) throw storeExists(settings.file);
  await makeFolder(dirname(settings.file), "store", made);
  const inline = (settings.env[identityVariable] ?? "") !== "";
  const identityCreated = !inline && (await createIdentityFile(settings, passphrase, now, made));
  const keyring = new Keyring(settings);
  const recipient = await keyring.ownRecipient();
  keyring.dispose();
  const recipients = await currentRecipients(settings, recipient, []);
  await createStore(settings.file, recipients, now.toISOString());
  return {
    file: settings.file,
    identityFile: inline ? undefined : settings.identityFile,
    identityCreated,
    recipient,
    recipients,
  };
}

async function createStore(
  file: string,
  recipients: readonly string[],
  now: string,
): Promise<void> {
  const header = {
    storeId: randomUUID(),
    generation: 1,
    createdAt: now,
    updatedAt: now,
    recipients,
  };
  const ciphertext = await encryptTo(recipients, serialiseDocument(header, []));
  try {
    await writeFileDurably(file, ciphertext, { replace: false });
  } catch (error) {
    // Also when somebody who uses the other new store swept our temporary file away.
    if (await exists(file)) throw storeExists(file);
    throw error;
  }
}

/** False when there is one already. */
async function createIdentityFile(
  settings: LocalSettings,
  passphrase: Secret | undefined,
  now: Date,
  made: string[],
): Promise<boolean> {
  if (await exists(settings.identityFile)) return false;
  if (passphrase !== undefined && passphrase.text().length < minPassphraseLength) {
    throw new InvalidValueError(
      `The passphrase has fewer than ${minPassphraseLength} characters.`,
      { reason: "weak-passphrase", advice: "Use four or more random words." },
    );
  }
  await makeFolder(dirname(settings.identityFile), "identity", made).catch((error: unknown) => {
    throw readOnlyIdentity(settings.identityFile, error);
  });
  const { content } = await generateIdentity({ passphrase, now });
  const bytes = content.bytes();
  try {
    await writeFileDurably(settings.identityFile, bytes, { replace: false });
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw readOnlyIdentity(settings.identityFile, error);
  } finally {
    bytes.fill(0);
    content.dispose();
  }
}

/** Without it, the message would send people to the folder of the store. */
function readOnlyIdentity(file: string, error: unknown): unknown {
  if (!["EACCES", "EPERM", "EROFS"].includes(errnoOf(error) ?? "")) return error;
  return localError(
    "PermissionDenied",
    "read-only-identity",
    `The identity ${file} cannot be made: its folder cannot be written by this user.`,
    `Give access to the folder, name another file with the option identity, or set ${identityVariable}.`,
  );
}

async function makeFolder(
  folder: string,
  what: "store" | "identity",
  made: string[],
): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) made.push(...foldersBetween(first, folder));
  const problem = await parentProblem(`${folder}/file`);
  if (problem === undefined) return;
  throw localError(
    "Config",
    `insecure-${what}`,
    `The ${what} would not be safe: ${problem.what}`,
    problem.advice,
  );
}

/** A folder, one beneath it, and all on the way, from the top. */
function foldersBetween(first: string, last: string): string[] {
  return last.length <= first.length ? [first] : [...foldersBetween(first, dirname(last)), last];
}

/** The passphrase that the caller read, in the place where opening an identity looks for one. */
function withPassphrase(settings: LocalSettings, passphrase: Secret | undefined): LocalSettings {
  if (passphrase === undefined) return settings;
  return {
    ...settings,
    passphraseFile: undefined,
    env: { ...settings.env, [settings.passphraseEnv]: passphrase.text() },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}

function storeExists(file: string): ReturnType<typeof localError> {
  return localError(
    "AlreadyExists",
    "store-exists",
    `There is a store already: ${file}.`,
    "Use it, or choose another file name; it was not changed.",
  );
}
