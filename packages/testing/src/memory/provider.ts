import { defineProvider } from "@kinko/core";
import { createMemoryProvider } from "./memory-provider.js";
import { memoryOptions } from "./options.js";

/**
 * The factory that a config finds under `use: "@kinko/testing/memory"` through `importProvider`,
 * or that a test hands to whatever wants a factory.
 */
export const provider = defineProvider({
  name: "memory",
  options: memoryOptions,
  create: (options, context) => createMemoryProvider(options, { clock: context.clock }),
});
