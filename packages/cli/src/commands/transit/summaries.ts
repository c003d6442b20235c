/** The commands of `kinko transit`, each with its line of help. */
export const summaries = {
  key: "make, show, rotate and remove keys",
  encrypt: "encrypt a value, or a file of any size",
  decrypt: "open a ciphertext, or a file of any size",
  rewrap: "encrypt anew with the newest version of the key",
  sign: "sign with a key that never leaves Vault",
  verify: "verify a signature or a MAC",
  hmac: "make a MAC",
  random: "random bytes from Vault",
  datakey: "make a key to encrypt with elsewhere",
} as const;
