import { unsupported } from "../../src/index.js";
import type { CapabilityMap, FeatureName, SecretProvider } from "../../src/index.js";

/** What to take away from a driver, and what to put in place of its methods. */
export interface Limits {
  readonly without?: readonly FeatureName[];
  readonly methods?: Partial<Omit<SecretProvider, "capabilities">>;
  readonly extensions?: Partial<CapabilityMap>;
  readonly maxValueBytes?: number;
}

const extensionOf: Partial<Record<FeatureName, keyof CapabilityMap>> = {
  versions: "versions",
  patch: "patch",
  bulkGet: "bulkGet",
  watch: "watch",
  permissions: "permissions",
};

/** The same driver with fewer features, or with some methods of the test's own. */
export function limited(driver: SecretProvider, limits: Limits): SecretProvider {
  const without = limits.without ?? [];
  const removed = without.map((feature) => extensionOf[feature]);
  const kept = Object.entries(driver.capabilities.extensions).filter(
    ([name]) => !removed.includes(name as keyof CapabilityMap),
  );
  const features = { ...driver.capabilities.features };
  for (const feature of without) features[feature] = unsupported(`The test took ${feature} away.`);
  return {
    capabilities: {
      features,
      limits: {
        ...driver.capabilities.limits,
        ...(limits.maxValueBytes === undefined ? {} : { maxValueBytes: limits.maxValueBytes }),
      },
      extensions: { ...Object.fromEntries(kept), ...limits.extensions },
    },
    get: (ref, options) => driver.get(ref, options),
    put: (ref, value, options) => driver.put(ref, value, options),
    delete: (ref, options) => driver.delete(ref, options),
    list: (options) => driver.list(options),
    health: (options) => driver.health(options),
    classifyError: (error) => driver.classifyError(error),
    close: () => driver.close(),
    ...limits.methods,
  };
}

/** The error that a promise fails with; fails itself when there is none. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    () => ({ failed: false, error: undefined }),
    (error: unknown) => ({ failed: true, error }),
  );
  if (!outcome.failed) throw new Error("It was expected to fail, and did not.");
  return outcome.error;
}

/** A promise that a test settles by hand. */
export function deferred<Value>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
} {
  let settle: { resolve: (value: Value) => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<Value>((resolve, reject) => (settle = { resolve, reject }));
  return {
    promise,
    resolve: (value) => settle?.resolve(value),
    reject: (error) => settle?.reject(error),
  };
}
