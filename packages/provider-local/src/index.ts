import { defineProvider } from "@kinko/core";
import { localOptions } from "./options.js";
import { createLocalProvider } from "./provider.js";

export type { LocalOptions } from "./options.js";

/**
 * The embedded store, Kinko's default: one age-encrypted file.
 *
 * @example
 * const store = createStore("local", await provider.create({}, context));
 */
export const provider = defineProvider({
  name: "local",
  options: localOptions,
  create: createLocalProvider,
});
