import { createStore, formatPath, isSecretError, parsePath } from "@kinko/core";
import type {
  FeatureName,
  ProviderCapabilities,
  SecretError,
  SecretErrorCode,
  SecretPath,
  SecretStore,
} from "@kinko/core";
import { expect, test } from "vitest";
import { createCanary, expectClean, type Canary } from "../canary/canary.js";
import type { ProviderContractOptions, ProviderHarness } from "./harness.js";

declare module "vitest" {
  interface TaskMeta {
    /** Name of the provider whose contract the test belongs to. */
    contract?: string;
  }
}

/** What a test of the contract works with. */
export interface ContractContext {
  readonly store: SecretStore;
  readonly harness: ProviderHarness;
  readonly canary: Canary;
  /** A path beneath the namespace, from its text form. */
  readonly at: (text: string) => SecretPath;
  /** Text form of a path beneath the namespace. */
  readonly text: (text: string) => string;
  /** A value that holds the canary. */
  readonly value: (label: string) => string;
  readonly supports: (feature: FeatureName) => boolean;
  /**
   * Asserts that `work` fails with one of the codes, as one clean SecretError that says where it
   * arose and what to do.
   */
  readonly expectFailure: (
    work: Promise<unknown>,
    codes: SecretErrorCode | readonly SecretErrorCode[],
    operation?: string,
  ) => Promise<SecretError>;
}

/** What the suites register their tests with. */
export interface Contract {
  readonly options: ProviderContractOptions;
  readonly capabilities: ProviderCapabilities;
  supports(feature: FeatureName): boolean;
  /** Registers a test that gets a fresh harness. */
  test(title: string, work: (context: ContractContext) => Promise<void>): void;
}

const defaultTestTimeoutMs = 60_000;

/** Operations whose errors must say which secret they are about. */
const aboutOneSecret: ReadonlySet<string> = new Set([
  "get",
  "put",
  "patch",
  "delete",
  "undelete",
  "versions",
]);

/** Makes the registrar of one provider. */
export function createContract(
  options: ProviderContractOptions,
  capabilities: ProviderCapabilities,
): Contract {
  const supports = (feature: FeatureName): boolean =>
    capabilities.features[feature].support !== "unsupported";
  return {
    options,
    capabilities,
    supports,
    test(title, work) {
      test(title, { timeout: options.timeoutMs ?? defaultTestTimeoutMs }, async ({ task }) => {
        task.meta.contract = options.name;
        const harness = await options.createHarness();
        try {
          await work(createContext(options.name, harness));
        } finally {
          await harness.cleanup();
        }
      });
    },
  };
}

/** The store of a harness. */
export function storeOf(name: string, harness: ProviderHarness): SecretStore {
  return harness.store ?? createStore(name, harness.provider, { resilience: false });
}

/** What a test works with; it also makes the store of a driver. */
export function createContext(name: string, harness: ProviderHarness): ContractContext {
  const store = storeOf(name, harness);
  const canary = createCanary();
  const at = (text: string): SecretPath => [...(harness.namespace ?? []), ...parsePath(text)];
  return {
    store,
    harness,
    canary,
    at,
    text: (text) => formatPath(at(text)),
    value: (label) => `${label} ${canary.value}`,
    supports: (feature) => store.capabilities.features[feature].support !== "unsupported",
    async expectFailure(work, codes, operation) {
      const error: unknown = await work.then(
        () => undefined,
        (caught: unknown) => caught,
      );
      assertSecretError(error);
      expect(typeof codes === "string" ? [codes] : codes, error.message).toContain(error.code);
      expect(error.provider).toBe(store.provider);
      if (operation !== undefined) expect(error.operation).toBe(operation);
      if (aboutOneSecret.has(operation ?? "")) expect(error.ref).toMatch(/\S/u);
      expect(error.message).toMatch(/^\S[^\n]* [^\n]*\S$/u);
      expect("cause" in error).toBe(false);
      expectPlain(error);
      expectClean(error, canary);
      return error;
    },
  };
}

function assertSecretError(error: unknown): asserts error is SecretError {
  expect(isSecretError(error), `expected a SecretError, got ${kindOf(error)}`).toBe(true);
}

function kindOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}

/** Nothing rides along: no response, request or second error in a property. */
function expectPlain(error: SecretError): void {
  for (const key of Reflect.ownKeys(error)) {
    const value: unknown = Reflect.get(error, key);
    expect(["string", "number", "boolean", "undefined"], String(key)).toContain(typeof value);
  }
}

/** Runs work for each item, a bounded number at a time. */
export async function eachOf<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<unknown>,
  concurrency = 8,
): Promise<void> {
  const queue = [...items].values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** All items of an async iterable. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
