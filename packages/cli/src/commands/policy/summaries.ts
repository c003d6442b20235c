/** The commands of `kinko policy`, each with its line of help. */
export const summaries = {
  build: "print policies as HCL or JSON",
  lint: "find mistakes and rights that are too wide",
  test: "run policy tests: who may do what",
  can: "whether policies allow a request",
  explain: "why they do or do not, and what would change it",
  diff: "the rules in which files and server differ",
  plan: "what applying would change, open and close",
  apply: "make the server's policies those of the files",
} as const;
