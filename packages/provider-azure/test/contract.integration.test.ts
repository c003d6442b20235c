import { describeProviderContract } from "@kinko/testing/contract";
import { openProvider, optionsFor, startVault, testTls } from "./support.js";

const tls = await testTls();

describeProviderContract({
  name: "azure",
  limits: {
    largeValueBytes: {
      value: 20_480,
      reason: "Key Vault stores text, so its 25,600 bytes hold 20,480 of a binary value",
    },
  },
  async createHarness() {
    const server = await startVault(tls);
    const provider = openProvider(optionsFor(server, tls));
    return {
      provider,
      requests: () => server.requests.length,
      async cleanup() {
        await provider.close();
        await server.close();
      },
    };
  },
});
