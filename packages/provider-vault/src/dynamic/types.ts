import type { CallOptions, DynamicCapability } from "@kinko/core";

/** What Vault can do with leases beside what every backend with leases can. */
export interface VaultLeasesCapability extends DynamicCapability {
  /**
   * Forgets all leases beneath a prefix also where the engine cannot end the credentials, as after
   * its database is gone. What still lives in the database then stays there. Needs `sudo`.
   */
  forgetPrefix(prefix: string, options: CallOptions): Promise<void>;
  /** Starts the removal of entries that point nowhere; it goes on in the server. Needs `sudo`. */
  tidy(options: CallOptions): Promise<void>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    leases: VaultLeasesCapability;
  }
}
