import type { SecretRef } from "./ref.js";

/** The whole secret that a reference to a field reads, in the same version. */
export function withoutField({ path, version }: SecretRef): SecretRef {
  return version === undefined ? { path } : { path, version };
}
