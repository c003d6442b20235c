import { homedir, userInfo } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import {
  defaultFile,
  defaultLockTimeoutMs,
  defaultMaxVersions,
  defaultPassphraseEnv,
  type LocalOptions,
} from "./options.js";

/** The environment that options and defaults are read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Options with every default in place and every path absolute. */
export interface LocalSettings {
  readonly file: string;
  readonly identityFile: string;
  readonly recipients: readonly string[] | undefined;
  readonly recipientsFile: string;
  /** True when the config names the recipients file, so that it has to exist. */
  readonly recipientsFileRequired: boolean;
  readonly passphraseEnv: string;
  readonly passphraseFile: string | undefined;
  readonly maxVersions: number;
  readonly lockTimeoutMs: number;
  readonly env: Environment;
}

/** Fills in defaults; relative paths start at `directory`, and `~/` is the user's home. */
export function resolveSettings(
  options: LocalOptions,
  directory: string,
  env: Environment,
): LocalSettings {
  const absolute = (path: string): string =>
    path.startsWith("~/") ? join(home(env), path.slice(2)) : resolve(directory, path);
  const file = absolute(options.file ?? defaultFile);
  return {
    file,
    identityFile:
      options.identity === undefined ? defaultIdentityFile(env) : absolute(options.identity),
    recipients: options.recipients,
    recipientsFile:
      options.recipientsFile === undefined
        ? join(dirname(file), "recipients.txt")
        : absolute(options.recipientsFile),
    recipientsFileRequired: options.recipientsFile !== undefined,
    passphraseEnv: options.passphraseEnv ?? defaultPassphraseEnv,
    passphraseFile:
      options.passphraseFile === undefined ? undefined : absolute(options.passphraseFile),
    maxVersions: options.maxVersions ?? defaultMaxVersions,
    lockTimeoutMs: options.lockTimeoutMs ?? defaultLockTimeoutMs,
    env,
  };
}

/**
 * Where the identity lives unless the config says otherwise: `$XDG_CONFIG_HOME/kinko/identity.txt`,
 * by default `~/.config/kinko/identity.txt`; on Windows `%APPDATA%\kinko\identity.txt`. Not the
 * package env-paths, which reads `process.env` where a store has to take the environment that it
 * was opened with.
 */
export function defaultIdentityFile(env: Environment): string {
  const configured = process.platform === "win32" ? env["APPDATA"] : env["XDG_CONFIG_HOME"];
  // The XDG base directory specification: a relative path is to be ignored.
  const folder =
    configured !== undefined && isAbsolute(configured) ? configured : join(home(env), ".config");
  return join(folder, "kinko", "identity.txt");
}

function home(env: Environment): string {
  const configured = env["HOME"];
  if (configured !== undefined && isAbsolute(configured)) return configured;
  // With an empty or relative HOME, homedir() is no absolute path either: the key would be made in
  // the working directory, beside what it protects.
  const known = homedir();
  return isAbsolute(known) ? known : userInfo().homedir;
}
