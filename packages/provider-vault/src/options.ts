import * as v from "valibot";
import { authOptions } from "./auth/options.js";

const text = v.pipe(v.string(), v.minLength(1));

const tlsOptions = v.strictObject({
  /** PEM file with the certificate authority to trust instead of the system's. Default: `VAULT_CACERT`. */
  caFile: v.optional(text),
  /** The same as PEM text; not together with `caFile`. */
  ca: v.optional(text),
  /** PEM file of the client certificate. Default: `VAULT_CLIENT_CERT`. */
  certFile: v.optional(text),
  /** PEM file of its private key. Default: `VAULT_CLIENT_KEY`. */
  keyFile: v.optional(text),
  /** Name that the server's certificate must carry. Default: `VAULT_TLS_SERVER_NAME`, or the host. */
  serverName: v.optional(text),
});

const transitOptions = v.strictObject({
  /** Path of the transit engine. Default `transit`. */
  mount: v.optional(text),
});

/** Options of `provider: vault`. Everything has a default but the address. */
export const vaultOptions = v.strictObject({
  /** Such as `https://vault.example.com:8200`. Default: `VAULT_ADDR`. */
  address: v.optional(text),
  /** Path of the KV mount. Default `secret`. */
  mount: v.optional(text),
  /** Version of the KV engine; `auto` asks the server once. Default 2. */
  kvVersion: v.optional(v.picklist([1, 2, "auto"])),
  /** Vault Enterprise or HCP namespace. Default: `VAULT_NAMESPACE`. */
  namespace: v.optional(text),
  /**
   * `header` (default): Vault Enterprise keeps namespaces apart. `path-prefix`: for open-source Vault,
   * which ignores the header without a word; every secret lies beneath the namespace as a folder.
   */
  namespaceMode: v.optional(v.picklist(["header", "path-prefix"])),
  /** Default: the token in `VAULT_TOKEN`, else the token file. */
  auth: v.optional(authOptions),
  tls: v.optional(tlsOptions),
  /** The engine behind `store.as("encryption")`, `"signing"` and `"transit"`. */
  transit: v.optional(transitOptions),
});

/** Options of `provider: vault`, as they are written in a config. */
export type VaultOptions = v.InferOutput<typeof vaultOptions>;
/** How to trust the server, and to be trusted by it. */
export type VaultTlsOptions = v.InferOutput<typeof tlsOptions>;
