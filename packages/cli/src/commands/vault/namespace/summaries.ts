/** The commands of `kinko vault namespace`, each with its line of help. */
export const summaries = {
  create: "make a namespace",
  list: "list namespaces",
  delete: "destroy a namespace with all that is in it",
} as const;
