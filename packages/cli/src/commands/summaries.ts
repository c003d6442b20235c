/** Every command with its one line of help, in the order of the help. */
export const summaries = {
  init: "make a store and a config file",
  get: "show a secret, masked unless --reveal",
  set: "write a secret from a prompt, stdin or a file",
  list: "list names, never values",
  versions: "list the versions of a secret",
  rm: "delete secrets or a version",
  undelete: "bring back a deleted secret",
  edit: "change a secret in your editor",
  export: "write secrets in a format of other tools",
  run: "run a command with secrets in its environment",
  watch: "tell changes of secrets, and restart a command on them",
  transit: "encrypt, sign and rotate keys with Vault's transit engine",
  pki: "issue, sign and revoke certificates of Vault's PKI engine",
  wrap: "hand a secret over as a token that opens it once",
  unwrap: "open such a token, or learn that somebody else did",
  lease: "look at, prolong and end leases of credentials",
  policy: "write, prove and apply policies of Vault",
  vault: "administer Vault: tokens, namespaces, KV engines, auth methods, databases",
  decide: "find out whether Vault is worth it",
  auth: "look at the credentials of a store",
  health: "ask the store whether it can serve",
  doctor: "find what is misconfigured, and the fix",
  config: "show the config, its path or its schema",
  completion: "print a completion script for a shell",
  help: "show help on a command or topic",
} as const;

/** Name of a command. */
export type CommandName = keyof typeof summaries;

/** Whether a word is the name of a command. */
export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(summaries, word);
}

/** Names of all commands. */
export const commandNames = Object.keys(summaries) as readonly CommandName[];
