/** The commands of `kinko pki`, each with its line of help. */
export const summaries = {
  init: "make a root, an intermediate and a role",
  issue: "issue a certificate with its key",
  sign: "sign a request; the key stays where it is",
  revoke: "put a certificate on the revocation list",
  crl: "show the revocation list, or make it anew",
  role: "write, show and remove roles",
  list: "list serial numbers of certificates",
} as const;
