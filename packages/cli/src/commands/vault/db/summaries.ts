/** The commands of `kinko vault db`, each with its line of help. */
export const summaries = {
  enable: "mount the database engine",
  config: "write, show, list, reset or remove a connection",
  "rotate-root": "change Vault's own password, so that only Vault knows it",
  role: "write, show, list or remove a role of short-lived logins",
  "static-role": "write, show, list, rotate or remove a login whose password Vault changes",
  creds: "get a login, or prove that a role makes one",
} as const;
