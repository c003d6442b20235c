import { defineProvider } from "@kinko/core";
import { diagnoseLocalStore } from "./diagnose.js";
import { localOptions } from "./options.js";
import { createLocalProvider } from "./provider.js";
import { localSetup } from "./setup.js";

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
  setup: localSetup,
  diagnose: diagnoseLocalStore,
});
