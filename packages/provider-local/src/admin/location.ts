import { systemClock, type Clock } from "@kinko/core";
import type { LocalOptions } from "../options.js";
import { resolveSettings, type Environment, type LocalSettings } from "../settings.js";

/** Which store is meant: the options of the provider, and what its defaults depend on. */
export interface LocalAdminOptions extends LocalOptions {
  /** Where relative paths start. Default: the working directory. */
  readonly directory?: string | undefined;
  /** Default: `process.env`. */
  readonly env?: Environment | undefined;
  readonly clock?: Clock | undefined;
}

/** The settings that these options mean. */
export function settingsOf(options: LocalAdminOptions): LocalSettings {
  return resolveSettings(options, options.directory ?? process.cwd(), options.env ?? process.env);
}

/** The clock of these options. */
export function clockOf(options: LocalAdminOptions): Clock {
  return options.clock ?? systemClock;
}
