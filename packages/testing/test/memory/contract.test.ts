import { describeProviderContract } from "../../src/contract/index.js";
import { createStore } from "@kinko/core";
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

// With everything that guards calls, a store keeps the contract all the same.
describeProviderContract({
  name: "memory-resilient",
  createHarness: async () => {
    const provider = createMemoryProvider({
      dynamicRoles: { "database/creds/app": {}, "database/creds/app-2": {} },
    });
    const store = createStore("memory-resilient", provider, { resilience: { cache: {} } });
    return {
      store,
      dynamicRoles: () =>
        Promise.resolve({
          role: "database/creds/app",
          sibling: "database/creds/app-2",
          unknown: "database/creds/nobody",
        }),
      cleanup: () => store.close(),
    };
  },
});
