import type { ImportProvider } from "@kinko/core";

/**
 * The one provider that comes with the command, so that it works without anything else installed.
 * Every other is found in the folder of the config.
 */
export const bundledProvider: ImportProvider = (name) =>
  name === "@kinko/provider-local" ? import("@kinko/provider-local") : undefined;
