export { createKvMount, mountKv } from "./kv-mount.js";
export type { KvMount, KvMountOptions } from "./kv-mount.js";
export type { RealServer } from "./mark.js";
export { startOwnVault } from "./own-vault.js";
export type { ProvidedServers } from "./provided.js";
export { realMoto } from "./real-moto.js";
export { createDatabase, realPostgres } from "./real-postgres.js";
export { realVault } from "./real-vault.js";
export type { RealVault, RealVaultTls } from "./real-vault.js";
