import { mountKv, type RealVault } from "@kinko/servers/vitest";
import type { ProviderHarness } from "@kinko/testing/contract";
import { recordRequests } from "./record-requests.js";
import { openProvider } from "./support.js";

/** A harness with a KV mount of its own in the real Vault, and a neighbour that must stay as it is. */
export async function kvHarness(vault: RealVault, version: 1 | 2): Promise<ProviderHarness> {
  const [own, neighbour] = await Promise.all([mountKv({ version }), mountKv({ version: 1 })]);
  await vault.request("POST", `${neighbour.mount}/neighbour`, { value: "neighbour" });
  const provider = openProvider({
    address: vault.address,
    mount: own.mount,
    kvVersion: version,
    auth: { method: "token", token: vault.token },
  });
  // Other requests of this process are the harness's own.
  const requests = recordRequests(own.mount);
  return {
    provider,
    requests: () => requests.paths.length,
    outside: async () => [
      (await vault.request("LIST", `${neighbour.mount}/`)).body["data"],
      (await vault.request("GET", `${neighbour.mount}/neighbour`)).body["data"],
    ],
    async cleanup() {
      requests.stop();
      await provider.close();
      await Promise.all([own.remove(), neighbour.remove()]);
    },
  };
}
