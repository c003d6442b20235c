import { featureNames, unsupported } from "@kinko/core";
import type { FeatureName, FeatureSupport, SecretProvider } from "@kinko/core";
import { describeProviderContract } from "../../src/contract/index.js";
import { createMemoryProvider } from "../../src/memory/index.js";

/** Reads, writes, lists and purges, and nothing more, as the simplest stores do. */
function createPlainProvider(kept: readonly FeatureName[]): SecretProvider & { requests: number } {
  const memory = createMemoryProvider();
  const features = Object.fromEntries(
    featureNames.map((name) => [
      name,
      kept.includes(name)
        ? memory.capabilities.features[name]
        : unsupported("A plain store has no such thing."),
    ]),
  ) as Record<FeatureName, FeatureSupport>;
  const { versions } = memory.capabilities.extensions;
  const provider: SecretProvider & { requests: number } = {
    requests: 0,
    capabilities: {
      features,
      limits: memory.capabilities.limits,
      extensions: kept.includes("versions") && versions !== undefined ? { versions } : {},
    },
    async get(ref, options) {
      provider.requests += 1;
      const found = await memory.get(ref, options);
      return kept.includes("checkAndSet") ? found : { value: found.value };
    },
    async put(ref, value, options) {
      provider.requests += 1;
      const written = await memory.put(ref, value, options);
      return kept.includes("checkAndSet") ? written : {};
    },
    delete(ref, options) {
      provider.requests += 1;
      return memory.delete(ref, options);
    },
    list(options) {
      provider.requests += 1;
      return memory.list(options);
    },
    health: (options) => memory.health(options),
    classifyError: (error) => memory.classifyError(error),
    close: () => memory.close(),
  };
  return provider;
}

for (const [name, kept] of [
  ["memory: plain", ["purge"]],
  ["memory: check-and-set only", ["checkAndSet", "softDelete"]],
  ["memory: versions without deletion", ["versions", "checkAndSet"]],
] as const) {
  describeProviderContract({
    name,
    createHarness: () => {
      const provider = createPlainProvider(kept);
      return Promise.resolve({
        provider,
        namespace: ["team a", "own"],
        requests: () => provider.requests,
        cleanup: () => provider.close(),
      });
    },
    limits: {
      pageCount: { value: 150, reason: "what is tested here is the suite" },
      largeValueBytes: { value: 1_000, reason: "what is tested here is the suite" },
    },
  });
}
