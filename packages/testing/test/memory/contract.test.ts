import { describeProviderContract } from "../../src/contract/index.js";
import { createMemoryProvider } from "../../src/memory/index.js";

describeProviderContract({
  name: "memory",
  createHarness: async () => {
    const provider = createMemoryProvider();
    return { provider, cleanup: () => provider.close() };
  },
});
