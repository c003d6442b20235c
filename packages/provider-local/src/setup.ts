import { stat } from "node:fs/promises";
import {
  AlreadyExistsError,
  Secret,
  type ProviderSetup,
  type SetupContext,
  type SetupResult,
} from "@kinko/core";
import type { InitLocalStoreResult } from "./admin/init.js";
import type { LocalOptions } from "./options.js";
import { resolveSettings } from "./settings.js";

/** How `kinko init` makes an embedded store; the cryptography loads when it runs. */
export const localSetup: ProviderSetup = {
  summary: "An encrypted store file, and an identity that opens it where there is none.",
  parameters: [
    { name: "file", description: "the store file (default .kinko/store.age)" },
    { name: "identity", description: "the identity file (default in your config folder)" },
    { name: "recipients", description: "public keys that can open it too, separated by commas" },
    { name: "recipientsFile", description: "a file with one public key per line" },
    {
      name: "passphrase",
      description: "Passphrase for the identity file",
      secret: true,
      ask: true,
    },
  ],
  run: (context) => (context.dryRun ? plan(context) : make(context)),
};

async function make(context: SetupContext): Promise<SetupResult> {
  const { initLocalStore } = await import("./admin/init.js");
  const options = optionsOf(context);
  const { passphraseEnv } = resolveSettings(options, context.directory, context.env);
  const answer = context.answers["passphrase"] ?? context.env[passphraseEnv] ?? "";
  const passphrase = answer === "" ? undefined : Secret.text(answer);
  try {
    const made = await initLocalStore({
      ...options,
      directory: context.directory,
      env: context.env,
      clock: context.clock,
      passphrase,
    });
    const { identityFile, identityCreated, recipient } = made;
    return {
      options,
      created: [
        made.file,
        ...(identityCreated && identityFile !== undefined ? [identityFile] : []),
      ],
      notes: [
        `Public key: ${recipient}`,
        identityFile === undefined
          ? "The identity from the environment opens the store; keep a copy of it."
          : `Keep a copy of ${identityFile}: without it nobody can open the store.`,
        ...passphraseNotes(made, passphrase !== undefined, passphraseEnv),
      ],
    };
  } finally {
    passphrase?.dispose();
  }
}

function passphraseNotes(
  { identityCreated, identityFile }: InitLocalStoreResult,
  given: boolean,
  variable: string,
): string[] {
  if (!given || identityFile === undefined) return [];
  return identityCreated
    ? [`The identity is protected: set ${variable}, or passphraseFile in the config.`]
    : [
        "There was an identity already. It was used as it is, so the passphrase protects nothing new.",
      ];
}

async function plan(context: SetupContext): Promise<SetupResult> {
  const options = optionsOf(context);
  const { file, identityFile } = resolveSettings(options, context.directory, context.env);
  if (await exists(file)) {
    throw new AlreadyExistsError(`There is a store already: ${file}.`, {
      reason: "store-exists",
      advice: "Use it, or choose another file name; it was not changed.",
    });
  }
  return {
    options,
    created: [file, ...((await exists(identityFile)) ? [] : [identityFile])],
    notes: [],
  };
}

function optionsOf({ answers }: SetupContext): LocalOptions {
  const { file, identity, recipients, recipientsFile } = answers;
  return {
    ...(file === undefined ? {} : { file }),
    ...(identity === undefined ? {} : { identity }),
    ...(recipients === undefined
      ? {}
      : { recipients: recipients.split(",").map((recipient) => recipient.trim()) }),
    ...(recipientsFile === undefined ? {} : { recipientsFile }),
  };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
