export { bindSecret } from "./bind-secret.js";
export type { Binder } from "./bind-secret.js";
export { kinkoModule, KinkoModule } from "./kinko-module.js";
export type { KinkoModuleOptions } from "./kinko-module.js";
export { defineManifest } from "./manifest/manifest.js";
export type {
  AnyManifest,
  Manifest,
  ManifestEntries,
  ManifestEntry,
  ManifestValue,
  ManifestValues,
} from "./manifest/manifest.js";
export { SECRET_STORE, secretToken } from "./tokens.js";
