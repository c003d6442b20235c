import { randomBytes } from "node:crypto";
import type { SecretStore } from "@kinko/core";
import type { RealVault } from "@kinko/servers/vitest";
import { onTestFinished } from "vitest";
import type { VaultOptions } from "../src/options.js";
import { openVaultStore } from "./support.js";

/** A store on the real Vault for the calling test, with the root token unless told. */
export function openEngines(
  vault: Pick<RealVault, "address" | "token">,
  options: Partial<VaultOptions> & { readonly token?: string } = {},
): SecretStore {
  const { token = vault.token, ...others } = options;
  const store = openVaultStore({
    address: vault.address,
    auth: { method: "token", token },
    ...others,
  });
  onTestFinished(() => store.close());
  return store;
}

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}
