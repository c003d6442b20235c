import type { Asker } from "./ask.js";
import type { VaultLeases } from "./leases.js";
import type { VaultLeasesCapability } from "./types.js";

/** Dynamic credentials; the code behind it is loaded by the first call. */
export function leasesCapability(client: Asker): VaultLeasesCapability {
  let loading: Promise<VaultLeases> | undefined;
  const load = (): Promise<VaultLeases> =>
    (loading ??= import("./leases.js").then((code) => new code.VaultLeases(client)));
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
    tidy: async (...a) => (await load()).tidy(...a),
  };
}
