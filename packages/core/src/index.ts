export * from "./capabilities/capability-map.js";
export type * from "./capabilities/dynamic.js";
export type * from "./capabilities/encryption.js";
export * from "./capabilities/features.js";
export type * from "./capabilities/identity.js";
export * from "./capabilities/signing.js";
export { defineConfig } from "./config/config.js";
export type {
  ConfigOptions,
  ImportProvider,
  KinkoConfig,
  OpenStoreOptions,
  ProviderEntry,
  ResilienceConfig,
  RouteEntry,
} from "./config/config.js";
export * from "./errors/classes.js";
export { defaultMessages, errorCodes, isRetryableCode } from "./errors/codes.js";
export type { SecretErrorCode } from "./errors/codes.js";
export { isAbsence, isSecretError, SecretError } from "./errors/secret-error.js";
export type { Operation, SecretErrorDetails } from "./errors/secret-error.js";
export { networkFailure, networkReasonOf } from "./errors/network.js";
export type { NetworkReason, NetworkWords } from "./errors/network.js";
export type { ErrorClassification } from "./errors/wrap.js";
export type * from "./events/store-events.js";
export type * from "./leases/credential-handle.js";
export { openStore } from "./open-store.js";
export * from "./provider.js";
export { formatPath, formatRef, formatVersion } from "./refs/format-ref.js";
export { parsePath, parsePrefix, parseRef, parseVersion } from "./refs/parse-ref.js";
export { rememberByPath } from "./refs/remember-by-path.js";
export type { RefInput, SecretPath, SecretRef, VersionSelector } from "./refs/ref.js";
export { maxPathBytes, segmentProblem } from "./refs/segment.js";
export type { BreakerOptions, BreakerPermit, CircuitBreaker } from "./resilience/breaker.js";
export { createBreaker } from "./resilience/breaker.js";
export type { CacheFallback, SavedSecret } from "./resilience/cache-fallback.js";
export type { CacheEntry, CacheStorage } from "./resilience/cache-storage.js";
export type { CacheOptions, CachePathOptions, ResilienceOptions } from "./resilience/options.js";
export type { FailedAttempt, RetryOptions, RetryPolicy } from "./resilience/retry-policy.js";
export { createRetryPolicy } from "./resilience/retry-policy.js";
export type { Instant } from "./runtime/elapsed.js";
export { systemClock } from "./runtime/clock.js";
export type { Clock } from "./runtime/clock.js";
export { keepAlive } from "./runtime/keep-alive.js";
export { silentLogger } from "./runtime/logger.js";
export type { LogFields, Logger } from "./runtime/logger.js";
export { parseJson, toCanonicalJson } from "./secret/json.js";
export type { JsonValue } from "./secret/json.js";
export { formatIssuePath, isSecret, Secret } from "./secret/secret.js";
export type { SecretInput, SecretKind, SecretMetadata } from "./secret/secret.js";
export { createStore } from "./store/portable-store.js";
export { defaultTimeoutMs } from "./store/portable-store-options.js";
export type { PortableStoreOptions } from "./store/portable-store-options.js";
export { createFailoverStore } from "./store/failover-store.js";
export type { FailoverOptions } from "./store/failover-store.js";
export { createRoutedStore } from "./store/routed-store.js";
export type { Route } from "./store/routed-store.js";
export type * from "./store/secret-store.js";
