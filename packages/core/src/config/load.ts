import { dirname, resolve } from "node:path";
import { ConfigError } from "../errors/classes.js";
import { isMap } from "../runtime/is-map.js";
import { checkBySchema } from "./check.js";
import type { ConfigOptions, KinkoConfig } from "./config.js";
import { discoverConfigFile } from "./discover.js";
import { withEnvironmentBlocks } from "./environment-blocks.js";
import { parseConfigFile, type Position } from "./parse-file.js";
import { configSchema } from "./schema.js";

/** A checked config and where it came from. */
export interface LoadedConfig {
  readonly config: KinkoConfig;
  /** Absolute path of the file; undefined for an object or the defaults. */
  readonly file: string | undefined;
  /** Where relative paths of the config start. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the entry that serves secrets, after `KINKO_PROVIDER` and the default. */
  readonly provider: string;
  /** What chose it, for people who wonder. */
  readonly providerFrom: "KINKO_PROVIDER" | "config" | "default";
  readonly position: (path: readonly PropertyKey[]) => Position | undefined;
}

/** The provider that is used when nothing names another. */
export const defaultProvider = "local";

/**
 * Finds, reads and checks the config. No provider is loaded and nothing is opened.
 * @throws ConfigError
 */
export async function loadConfig(options: ConfigOptions = {}): Promise<LoadedConfig> {
  const env = options.env ?? process.env;
  const fromEnv = emptyToUndefined(env["KINKO_PROVIDER"]);
  const cwd = resolve(options.cwd ?? process.cwd());
  const named =
    typeof options.config === "string" ? options.config : emptyToUndefined(env["KINKO_CONFIG"]);
  const object = typeof options.config === "object" ? options.config : undefined;
  const file =
    object !== undefined
      ? undefined
      : named !== undefined
        ? resolve(cwd, named)
        : await discoverConfigFile(cwd);
  const parsed =
    file === undefined
      ? { data: object ?? {}, position: () => undefined }
      : await parseConfigFile(file);
  if (Array.isArray(parsed.data)) {
    throw new ConfigError(`${file ?? "The config"} is a list.`, {
      operation: "open",
      reason: "invalid-option",
      advice: "Write settings with names, such as provider: local.",
    });
  }
  const written = isMap(parsed.data) ? parsed.data["provider"] : undefined;
  const selected = fromEnv ?? (typeof written === "string" ? written : defaultProvider);
  const { data, variables } = withEnvironmentBlocks(parsed.data, env, selected);
  const config = (await checkBySchema(configSchema, data, {
    label:
      (file ?? "the config") + (variables.length === 0 ? "" : ` (with ${variables.join(", ")})`),
    path: [],
    position: parsed.position,
  })) as KinkoConfig;
  checkRoutes(config, file);
  return {
    config,
    file,
    directory: file === undefined ? cwd : dirname(file),
    env,
    provider: fromEnv ?? config.provider ?? defaultProvider,
    providerFrom:
      fromEnv !== undefined
        ? "KINKO_PROVIDER"
        : config.provider === undefined
          ? "default"
          : "config",
    position: parsed.position,
  };
}

function checkRoutes(config: KinkoConfig, file: string | undefined): void {
  const prefixes = (config.routes ?? []).map((route) => route.prefix.replace(/\/$/u, ""));
  const double = prefixes.find((prefix, index) => prefixes.indexOf(prefix) !== index);
  if (double === undefined) return;
  throw new ConfigError(`${file ?? "The config"} has two routes for the same prefix.`, {
    operation: "open",
    reason: "bad-route",
    advice: "Keep one route for each prefix.",
  });
}

function emptyToUndefined(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
