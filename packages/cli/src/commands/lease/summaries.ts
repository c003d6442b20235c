/** The commands of `kinko lease`, each with its line of help. */
export const summaries = {
  list: "list the ids of leases beneath a prefix",
  lookup: "say what is known of a lease",
  renew: "prolong a lease",
  revoke: "end leases, and the credentials with them",
  "revoke-prefix": "end all leases beneath a prefix",
} as const;
