/** Where the API of KV version 2 keeps what, behind the mount. */
export const kv2Sections = [
  "data",
  "metadata",
  "delete",
  "undelete",
  "destroy",
  "subkeys",
] as const;
export type Kv2Section = (typeof kv2Sections)[number];
