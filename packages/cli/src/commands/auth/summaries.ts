/** The commands of `kinko auth`, each with its line of help. */
export const summaries = {
  check: "say whose the credentials are, and what they are good for",
} as const;
