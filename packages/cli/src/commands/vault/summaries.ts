/** The commands of `kinko vault`, each with its line of help. */
export const summaries = {
  token: "make, look up, renew and revoke tokens",
  namespace: "namespaces of Vault Enterprise",
  kv: "engines of KV version 2 and their rules",
  auth: "auth methods",
  db: "dynamic and static logins of databases",
} as const;
