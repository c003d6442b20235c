import type { Clock } from "@kinko/core";
import type { VaultClient } from "../client/vault-client.js";
import type { MountInspector } from "./mount.js";

/** What a KV engine works with. */
export interface KvContext {
  readonly client: VaultClient;
  /** Encoded path of the mount, without slashes at its ends. */
  readonly mount: string;
  readonly inspector: MountInspector;
  readonly clock: Clock;
}
