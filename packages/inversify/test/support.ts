import { createStore, type SecretInput, type SecretStore } from "@kinko/core";
import { createMemoryProvider, type MemoryHooks } from "@kinko/testing/memory";
import { Container } from "inversify";
import { kinkoModule, type KinkoModuleOptions } from "../src/index.js";

/** A store in memory, and a function that hands it to `kinkoModule`. */
export function memory(
  secrets: Readonly<Record<string, SecretInput>>,
  hooks: MemoryHooks = {},
): { store: SecretStore; open: () => Promise<SecretStore> } {
  const store = createStore("memory", createMemoryProvider({ secrets }, hooks), {
    resilience: false,
  });
  return { store, open: () => Promise.resolve(store) };
}

/** A container with the module loaded. */
export async function containerWith(options: KinkoModuleOptions): Promise<Container> {
  const container = new Container();
  await container.loadAsync(kinkoModule(options));
  return container;
}
