import type { Clock } from "@kinko/core";
import type { VaultClient } from "../client/vault-client.js";
import type { Asker } from "./ask.js";
import { HeldLeases } from "./held-leases.js";
import type { VaultLeases } from "./leases.js";
import type { VaultLeasesCapability } from "./types.js";

/** Dynamic credentials; the code behind it is loaded by the first call. */
export function leasesCapability(
  client: Asker & Pick<VaultClient, "onTokenSucceeded">,
  clock: Clock,
): VaultLeasesCapability {
  const held = new HeldLeases(clock);
  let loading: Promise<VaultLeases> | undefined;
  const load = (): Promise<VaultLeases> =>
    (loading ??= import("./leases.js").then((code) => new code.VaultLeases(client, held)));
  return {
    issue: async (...a) => (await load()).issue(...a),
    renew: async (...a) => (await load()).renew(...a),
    revoke: async (...a) => (await load()).revoke(...a),
    lookup: async (...a) => (await load()).lookup(...a),
    async *list(...a) {
      yield* (await load()).list(...a);
    },
    revokePrefix: async (...a) => (await load()).revokePrefix(...a),
    forgetPrefix: async (...a) => (await load()).forgetPrefix(...a),
    bounds: {
      boundOf: (leaseId) => held.boundOf(leaseId),
      onSucceeded: (listener) => client.onTokenSucceeded(() => listener()),
    },
    tidy: async (...a) => (await load()).tidy(...a),
  };
}
