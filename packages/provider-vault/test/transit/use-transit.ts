import { randomBytes } from "node:crypto";
import type { SecretStore } from "@kinko/core";
import { realVault, type RealVault } from "@kinko/servers/vitest";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { TransitCapability } from "../../src/transit/types.js";
import { openVaultStore } from "../support.js";

/** A transit engine of the calling file's own in the real Vault. */
export interface TransitMount {
  readonly vault: RealVault;
  readonly mount: string;
  /** A store for the calling test, of this engine unless told. */
  readonly open: (options?: { readonly token?: string; readonly mount?: string }) => SecretStore;
  /** The capability of such a store. */
  readonly transit: () => TransitCapability;
  /** Makes a key of its own for the calling test. */
  readonly newKey: (options?: Parameters<TransitCapability["createKey"]>[1]) => Promise<string>;
}

/** Call it at the top of an integration test file. */
export function useTransit(): TransitMount {
  const vault = realVault();
  const mount = `transit-${randomBytes(6).toString("hex")}`;
  let keys = 0;
  beforeAll(async () => {
    await vault.request("POST", `sys/mounts/${mount}`, { type: "transit" });
  });
  afterAll(async () => {
    await vault.request("DELETE", `sys/mounts/${mount}`);
  });
  const open: TransitMount["open"] = (options = {}) => {
    const store = openVaultStore({
      address: vault.address,
      auth: { method: "token", token: options.token ?? vault.token },
      transit: { mount: options.mount ?? mount },
    });
    onTestFinished(() => store.close());
    return store;
  };
  const transit = (): TransitCapability => open().as("transit");
  return {
    vault,
    mount,
    open,
    transit,
    async newKey(options = {}) {
      keys += 1;
      const name = `key-${keys}`;
      await transit().createKey(name, options);
      return name;
    },
  };
}
