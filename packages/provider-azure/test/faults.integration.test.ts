import { describeProviderFaults } from "@kinko/testing/contract";
import { startFaultProxy } from "@kinko/testing/faults";
import { openProvider, optionsFor, startVault, testTls } from "./support.js";

const tls = await testTls();

describeProviderFaults({
  name: "azure",
  async createHarness() {
    const server = await startVault(tls);
    const proxy = await startFaultProxy({ target: server.url });
    const token = server.issueToken();
    return {
      provider: openProvider(
        optionsFor(server, tls, {
          vaultUrl: proxy.address,
          credential: { method: "access-token", token },
        }),
      ),
      proxy,
      credentials: [token],
      async cleanup() {
        await proxy.close();
        await server.close();
      },
    };
  },
});
