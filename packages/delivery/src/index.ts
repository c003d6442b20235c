export { childEnvironment, isOwnCredential } from "./environment/child-environment.js";
export type { ChildEnvironmentOptions } from "./environment/child-environment.js";
export type {
  EnvironmentOptions,
  EnvironmentVariable,
  SecretEnvironment,
} from "./environment/environment.js";
export { environmentFromEnvFile, refsInEnvFile } from "./environment/from-env-file.js";
export type { EnvFileOptions } from "./environment/from-env-file.js";
export { environmentFromManifest } from "./environment/from-manifest.js";
export { environmentFromPrefix } from "./environment/from-prefix.js";
export type { PrefixOptions } from "./environment/from-prefix.js";
export { mergeEnvironments } from "./environment/merge.js";
export { parseEnvFile } from "./environment/parse-env-file.js";
export type { EnvFileEntry } from "./environment/parse-env-file.js";
export { isRefusedName } from "./environment/refused-names.js";
export { variableName } from "./environment/variable-name.js";
export { exportEnvironment, exportFormats } from "./export/export-environment.js";
export type { ExportFormat, ExportOptions } from "./export/export-environment.js";
export { runCommand } from "./run/run-command.js";
export type { RunOptions, RunOutcome } from "./run/run-command.js";
export { superviseCommand } from "./run/supervise-command.js";
export type { SupervisedCommand, SuperviseOptions } from "./run/supervise-command.js";
export { watchSecrets } from "./watch/watch-secrets.js";
export type { WatchEvent, WatchLook, WatchSecretsOptions } from "./watch/watch-secrets.js";
