import type { Clock } from "../runtime/clock.js";
import type { BreakerOptions } from "../resilience/breaker.js";
import type { CacheOptions, ResilienceOptions } from "../resilience/options.js";
import type { RetryOptions } from "../resilience/retry-policy.js";
import type { LeaseJournalOptions } from "../leases/journal/lease-journal.js";
import type { Logger } from "../runtime/logger.js";

/** Options of one provider entry; besides `use`, whatever the provider's schema allows. */
export interface ProviderEntry {
  /** Provider that this entry configures. Default: the entry's own name. */
  readonly use?: string | undefined;
  /** What is different for this entry; the rest is as in the config's own block. */
  readonly resilience?: ResilienceConfig | false | undefined;
  readonly [option: string]: unknown;
}

/** Retry, circuit breaker, cache and failover; `false` for none of them, or for one of them. */
export interface ResilienceConfig {
  readonly retry?: RetryOptions | false | undefined;
  readonly breaker?: BreakerOptions | false | undefined;
  readonly cache?: Omit<CacheOptions, "storage" | "fallback"> | false | undefined;
  /** Entries that are read from, in this order, while this one cannot answer. Writes stay here, unless `failoverWrites`. */
  readonly failover?: readonly string[] | undefined;
  /** True: so do writes that this entry has certainly not carried out. See `FailoverOptions.writes`. */
  readonly failoverWrites?: boolean | undefined;
}

/** How `openLeaseManager` keeps credentials; see {@link LeaseManagerOptions}. */
export interface LeasesConfig {
  /** Default 60,000. */
  readonly overlapMs?: number | undefined;
  /** Default 10,000. */
  readonly callTimeoutMs?: number | undefined;
  /** Default 4,000. */
  readonly closeTimeoutMs?: number | undefined;
  /** A relative `directory` is one of the config's folder. Default: no journal. */
  readonly journal?: LeaseJournalOptions | undefined;
}

/** Sends everything beneath a prefix to another entry. */
export interface RouteEntry {
  /** Whole segments, such as `shared/certificates`. */
  readonly prefix: string;
  /** Name of an entry of `providers`, or of a provider. */
  readonly provider: string;
}

/** The content of `kinko.config.{yaml,yml,json,toml,js,mjs,ts,mts}`. */
export interface KinkoConfig {
  /** For editors; ignored. */
  readonly $schema?: string | undefined;
  /**
   * Which entry of `providers` (or which provider, with its defaults) serves secrets. This is the
   * one line that switches the backend; `KINKO_PROVIDER` overrides it. Default `local`.
   */
  readonly provider?: string | undefined;
  /** Options by entry name, for as many providers as you like; only the chosen ones are loaded. */
  readonly providers?: Readonly<Record<string, ProviderEntry>> | undefined;
  /** Prefixes that other providers serve. */
  readonly routes?: readonly RouteEntry[] | undefined;
  /** For every entry; its `failover` is for `provider` alone. Default: all but failover are on. */
  readonly resilience?: ResilienceConfig | false | undefined;
  /** For credentials that a backend makes. */
  readonly leases?: LeasesConfig | undefined;
  /** Total time of a call in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Gives a config written in JavaScript or TypeScript its type.
 *
 * @example
 * export default defineConfig({ provider: "vault", providers: { vault: { mount: "secret" } } });
 */
export function defineConfig(config: KinkoConfig): KinkoConfig {
  return config;
}

/** Where a config comes from and what it may use. */
export interface ConfigOptions {
  /**
   * A config object, or the path of a config file. Default: `KINKO_CONFIG`, else the nearest
   * `kinko.config.*` from `cwd` upward, else the defaults.
   */
  readonly config?: KinkoConfig | string | undefined;
  /** Where the search starts. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Imports a provider package by name; undefined when it does not know the package. */
export type ImportProvider = (packageName: string) => Promise<unknown> | undefined;

/** Options of `openStore`. */
export interface OpenStoreOptions extends ConfigOptions {
  /** Entry to open instead of the config's `provider`; routes do not apply then. */
  readonly store?: string | undefined;
  /**
   * Asked first for each provider package. Applications that are bundled, or whose packages are
   * not reachable from the folder of the config, pass `(name) => import(name)`.
   */
  readonly importProvider?: ImportProvider | undefined;
  /**
   * Retry, circuit breaker and cache; `false` for none of them. What is given here goes before the
   * config, part by part. Default: all of them on.
   */
  readonly resilience?: ResilienceOptions | false | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}
