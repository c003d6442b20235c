import { describeProviderContract, type ProviderHarness } from "@kinko/testing/contract";
import { createLiveHarness, liveVaultUrl } from "./live-harness.js";
import { openProvider, optionsFor, startVault, testTls } from "./support.js";

const tls = await testTls();

const largeValueBytes = {
  value: 20_480,
  reason: "Key Vault stores text, so its 25,600 bytes hold 20,480 of a binary value",
};

/** Server and client share one process, and the first test writes 1,000 names. */
const timeoutMs = 240_000;

function createHarness(transitionMs: number): () => Promise<ProviderHarness> {
  return async () => {
    const server = await startVault(tls, { transitionMs });
    const provider = openProvider(optionsFor(server, tls));
    return {
      provider,
      requests: () => server.requests.length,
      async cleanup() {
        await provider.close();
        await server.close();
      },
    };
  };
}

describeProviderContract({
  name: "azure",
  limits: { largeValueBytes },
  createHarness: createHarness(0),
  timeoutMs,
});

// As in Azure, where a deletion goes on behind its answer.
describeProviderContract({
  name: "azure-slow-deletion",
  limits: {
    largeValueBytes,
    pageCount: { value: 120, reason: "paging does not depend on how long a deletion takes" },
  },
  createHarness: createHarness(30),
  timeoutMs,
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
