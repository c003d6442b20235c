import type { SecretPath, SecretProvider } from "@kinko/core";
import type { FaultProxy } from "../../faults/proxy.js";

/** One isolated place behind a proxy. The suite makes a fresh one for each test. */
export interface FaultHarness {
  /** A driver that reaches its backend through `proxy` alone. The suite closes it. */
  readonly provider: SecretProvider;
  readonly proxy: FaultProxy;
  /** Everything the suite writes is beneath this path. Default: the root. */
  readonly namespace?: SecretPath | undefined;
  /** What the driver authenticates with. No error may show any of it. */
  readonly credentials?: readonly string[] | undefined;
  /** Removes everything, the proxy included. It runs also after a failed test. */
  cleanup(): Promise<void>;
}

/** What {@link describeProviderFaults} needs. */
export interface ProviderFaultsOptions {
  /** Shown in titles, and counted by under `task.meta.contract` with ` faults` behind it. */
  readonly name: string;
  createHarness(): Promise<FaultHarness>;
  /** Time that one test may take, in milliseconds. Default 60,000; only a hang should reach it. */
  readonly timeoutMs?: number | undefined;
}
