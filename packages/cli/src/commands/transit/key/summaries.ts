/** The commands of `kinko transit key`, each with its line of help. */
export const summaries = {
  create: "make a key",
  list: "list the names of all keys",
  show: "show what is known of a key, never the key itself",
  rotate: "make a new version of a key, which encrypts from now on",
  config: "change the settings of a key",
  trim: "destroy old versions of a key",
  delete: "destroy a key, and all that it has encrypted",
} as const;
