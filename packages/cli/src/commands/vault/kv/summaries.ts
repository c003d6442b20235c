/** The commands of `kinko vault kv`, each with its line of help. */
export const summaries = {
  enable: "mount KV version 2 with rules",
  config: "show or change rules",
  tune: "change lease times and description of a mount",
} as const;
