import { describeProviderContract } from "@kinko/testing/contract";
import { createTestStore } from "./store-harness.js";

describeProviderContract({
  name: "local",
  async createHarness() {
    const test = await createTestStore();
    return { provider: test.provider(), cleanup: () => test.remove() };
  },
});
