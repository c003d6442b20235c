import { createStore, Secret, unsupported, type SecretInput, type SecretStore } from "@kinko/core";
import { createMemoryProvider, type MemoryHooks } from "@kinko/testing/memory";
import { createEnvironment } from "../../src/environment/environment.js";
import type { SecretEnvironment } from "../../src/index.js";

/**
 * A store in memory with these secrets. It has no bulk read, so that hooks see each secret that is
 * read, as with most backends.
 */
export function memoryStore(
  secrets: Readonly<Record<string, SecretInput>>,
  hooks: MemoryHooks = {},
): SecretStore {
  const driver = createMemoryProvider({ secrets }, hooks);
  const extensions = { ...driver.capabilities.extensions };
  delete extensions.bulkGet;
  const capabilities = {
    ...driver.capabilities,
    features: { ...driver.capabilities.features, bulkGet: unsupported("for these tests") },
    extensions,
  };
  return createStore(
    "memory",
    Object.defineProperty(driver, "capabilities", { value: capabilities }),
    { resilience: false },
  );
}

/** An environment without a store. */
export function environmentOf(values: Readonly<Record<string, SecretInput>>): SecretEnvironment {
  return createEnvironment(
    Object.entries(values).map(([name, value]) => ({
      name,
      value: Secret.from(value),
      source: `test/${name}`,
    })),
  );
}

/** Names and texts, to compare. */
export function textsOf(environment: SecretEnvironment): Record<string, string> {
  return Object.fromEntries(environment.variables.map(({ name, value }) => [name, value.text()]));
}
