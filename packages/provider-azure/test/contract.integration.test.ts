import { describeProviderContract } from "@kinko/testing/contract";
import { createLiveHarness, liveVaultUrl } from "./live-harness.js";
import { openProvider, optionsFor, startVault, testTls } from "./support.js";

const tls = await testTls();

const largeValueBytes = {
  value: 20_480,
  reason: "Key Vault stores text, so its 25,600 bytes hold 20,480 of a binary value",
};

describeProviderContract({
  name: "azure",
  limits: { largeValueBytes },
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
  // Server and client share one process, and the first test writes 1,000 names.
  timeoutMs: 240_000,
});

const vaultUrl = liveVaultUrl();
if (vaultUrl === undefined) {
  process.stderr.write(
    "azure: NOT tested against Azure itself. Set KINKO_LIVE=azure and AZURE_KEYVAULT_URL, with an identity that may do everything in a vault for tests.\n",
  );
} else {
  describeProviderContract({
    name: "azure-live",
    limits: {
      largeValueBytes,
      pageCount: { value: 120, reason: "Key Vault takes 300 new secrets in 10 seconds" },
    },
    createHarness: createLiveHarness(vaultUrl),
    timeoutMs: 600_000,
  });
}
