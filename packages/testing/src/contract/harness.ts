import type { SecretPath, SecretProvider, SecretStore } from "@kinko/core";

/** A store or a driver; the suite makes the store of a driver itself. */
export type HarnessSubject =
  | { readonly store: SecretStore; readonly provider?: undefined }
  | { readonly provider: SecretProvider; readonly store?: undefined };

/**
 * One isolated place to test in. The suite makes a fresh one for each test, and expects it empty.
 *
 * @example
 * const createHarness = async () => {
 *   const provider = createMemoryProvider();
 *   return { provider, cleanup: () => provider.close() };
 * };
 */
export type ProviderHarness = HarnessSubject & {
  /**
   * Everything the suite writes is beneath this path. Default: the root, for a store that is
   * empty and all one's own.
   */
  readonly namespace?: SecretPath | undefined;
  /**
   * What lies outside the namespace, in any form that `toEqual` compares, such as the names of a
   * neighbouring mount. Hostile names must not change it.
   */
  readonly outside?: (() => Promise<unknown>) | undefined;
  /** How many requests reached the backend so far. What is refused before any I/O must not count. */
  readonly requests?: (() => number) | undefined;
  /** Makes keys; required of providers that declare `encryption` or `signing`. */
  readonly cryptoKeys?: (() => Promise<HarnessKeys>) | undefined;
  /** Makes roles; required of providers that declare `dynamic`. */
  readonly dynamicRoles?: (() => Promise<HarnessRoles>) | undefined;
  /** Removes everything. It runs also after a failed test, and after a test closed the store. */
  cleanup(): Promise<void>;
};

/** Keys of a backend that encrypts, made for one test. */
export interface HarnessKeys {
  readonly encryption: string;
  /** Another one of the same kind. */
  readonly other: string;
  /** One that signs; required of providers that declare `signing`. */
  readonly signing?: string | undefined;
  /** One whose every call needs a context, where the backend derives keys. */
  readonly derived?: string | undefined;
}

/** Paths at which a backend issues credentials, made for one test. */
export interface HarnessRoles {
  /** Credentials for at least 60 s that can be renewed for a minute more than that. */
  readonly role: string;
  /** Another one, whose path begins with that of `role` and is not beneath it. */
  readonly sibling: string;
  /** Where there is no role. */
  readonly unknown: string;
}

/** A figure that is smaller than the suite's own, and why. */
export interface ContractLimit {
  readonly value: number;
  /** One sentence, shown in the title of the test. */
  readonly reason: string;
}

/** What {@link describeProviderContract} needs. */
export interface ProviderContractOptions {
  /** Shown in titles, and counted by under `task.meta.contract`, such as `vault-kv2`. */
  readonly name: string;
  createHarness(): Promise<ProviderHarness>;
  readonly limits?:
    | {
        /** Bytes of the large value. Default: the declared limit, at most 65,536. */
        readonly largeValueBytes?: ContractLimit;
        /** Names written for the paging test. Default 1,000. */
        readonly pageCount?: ContractLimit;
      }
    | undefined;
  /** Time that one test may take, in milliseconds. Default 60,000; only a hang should reach it. */
  readonly timeoutMs?: number | undefined;
}
