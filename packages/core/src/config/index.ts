export { configFileNames, discoverConfigFile } from "./discover.js";
export { configJsonSchema } from "./json-schema.js";
export { loadConfig } from "./load.js";
export type { LoadedConfig } from "./load.js";
export type { Position } from "./parse-file.js";
export { findProvider } from "../registry/find-provider.js";
export type { FindProviderOptions } from "../registry/find-provider.js";
export { installedProviders } from "../registry/installed.js";
export { didYouMean, suggest } from "./suggest.js";
