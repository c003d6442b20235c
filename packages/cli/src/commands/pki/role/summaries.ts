/** The commands of `kinko pki role`, each with its line of help. */
export const summaries = {
  write: "make a role, or write it anew",
  show: "show a role",
  list: "list roles",
  delete: "remove a role",
} as const;
