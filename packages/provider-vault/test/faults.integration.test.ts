import { mountKv, realVault } from "@kinko/servers/vitest";
import { describeProviderFaults, type FaultHarness } from "@kinko/testing/contract";
import { startFaultProxy } from "@kinko/testing/faults";
import { openProvider } from "./support.js";

const vault = realVault();

function createHarness(version: 1 | 2): () => Promise<FaultHarness> {
  return async () => {
    const own = await mountKv({ version });
    const proxy = await startFaultProxy({ target: vault.address });
    const provider = openProvider({
      address: proxy.address,
      mount: own.mount,
      kvVersion: version,
      auth: { method: "token", token: vault.token },
    });
    return {
      provider,
      proxy,
      credentials: [vault.token],
      async cleanup() {
        await proxy.close();
        await own.remove();
      },
    };
  };
}

describeProviderFaults({ name: "vault-kv2", createHarness: createHarness(2) });
describeProviderFaults({ name: "vault-kv1", createHarness: createHarness(1) });
