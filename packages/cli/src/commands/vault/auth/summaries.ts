/** The commands of `kinko vault auth`, each with its line of help. */
export const summaries = {
  enable: "enable an auth method",
  list: "list auth methods",
} as const;
