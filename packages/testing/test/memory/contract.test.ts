import { describeProviderContract } from "../../src/contract/index.js";
import { createMemoryProvider } from "../../src/memory/index.js";

describeProviderContract({
  name: "memory",
  createHarness: async () => {
    const provider = createMemoryProvider({
      dynamicRoles: { "database/creds/app": {}, "database/creds/app-2": {} },
    });
    return {
      provider,
      dynamicRoles: () =>
        Promise.resolve({
          role: "database/creds/app",
          sibling: "database/creds/app-2",
          unknown: "database/creds/nobody",
        }),
      cleanup: () => provider.close(),
    };
  },
});
