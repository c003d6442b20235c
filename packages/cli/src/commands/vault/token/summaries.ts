/** The commands of `kinko vault token`, each with its line of help. */
export const summaries = {
  create: "make a token",
  lookup: "say what is known of a token",
  renew: "prolong a token",
  revoke: "end a token",
  role: "write, show, list or remove a token role",
} as const;
