import { createStore, type SecretInput } from "@kinko/core";
import { createMemoryProvider } from "@kinko/testing/memory";
import { kinkoModule, type KinkoModule, type KinkoModuleOptions } from "../kinko-module.js";

/** Options of {@link kinkoTestModule}. */
export interface KinkoTestModuleOptions extends Pick<KinkoModuleOptions, "manifests" | "secrets"> {
  /** What is in the store from the start: values by the text form of their path. Default: nothing. */
  readonly initial?: Readonly<Record<string, SecretInput>> | undefined;
}

/**
 * Like `kinkoModule`, with a store in memory in place of the configured one: no config, no file, no
 * server. The store is a real one with versions and check-and-set; take it from `SECRET_STORE` to
 * change secrets during a test. Needs the package `@kinko/testing`.
 *
 * @example
 * const container = new Container();
 * await container.loadAsync(
 *   kinkoTestModule({
 *     initial: { "prod/app/db": { password: "correct horse" } },
 *     manifests: [settings],
 *   }),
 * );
 */
export function kinkoTestModule(options: KinkoTestModuleOptions = {}): KinkoModule {
  const { initial = {}, ...bound } = options;
  return kinkoModule({
    ...bound,
    open: () => Promise.resolve(createStore("memory", createMemoryProvider({ secrets: initial }))),
  });
}
