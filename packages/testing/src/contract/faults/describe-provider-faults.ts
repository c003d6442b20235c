import { createStore, isSecretError, type SecretStore } from "@kinko/core";
import { describe, expect, test } from "vitest";
import { canaryOf, expectClean } from "../../canary/canary.js";
import { FakeClock } from "../../clock/fake-clock.js";
import { createContext, type ContractContext } from "../contract-test.js";
import { faultCases, type FaultCase, type MeasuredCall } from "./cases.js";
import type { FaultHarness, ProviderFaultsOptions } from "./harness.js";
import { faultOperations, prepare, type FaultOperation } from "./operations.js";

const defaultTestTimeoutMs = 60_000;

/** Deadline of a call, on a clock that the test moves. */
const deadlineMs = 10_000;

/** Deadline of a call that is made to see whether the driver works again. */
const recoveryCallMs = 1_000;

/**
 * Registers tests of what a provider does while the network to its backend fails: every kind of
 * fault, times get, put, delete and list. A call fails with a code of an allow-list, at its
 * deadline at the latest, without a secret in its error; it was done as a whole or not at all; the
 * driver works again once the fault is gone; and no socket is left when it is closed.
 *
 * @example
 * describeProviderFaults({
 *   name: "my-provider",
 *   createHarness: async () => {
 *     const proxy = await startFaultProxy({ target: process.env.MY_URL });
 *     const provider = createMyProvider({ url: proxy.address });
 *     return { provider, proxy, cleanup: () => proxy.close() };
 *   },
 * });
 */
export function describeProviderFaults(options: ProviderFaultsOptions): void {
  const timeout = options.timeoutMs ?? defaultTestTimeoutMs;
  const register = (title: string, work: (harness: FaultHarness) => Promise<void>): void => {
    test(title, { timeout }, async ({ task }) => {
      task.meta.contract = `${options.name} faults`;
      const harness = await options.createHarness();
      try {
        await work(harness);
      } finally {
        await harness.provider.close();
        await harness.cleanup();
      }
    });
  };
  describe(`faults of ${options.name}`, () => {
    for (const fault of faultCases) {
      describe(fault.title, () => {
        for (const operation of faultOperations) {
          register(`${operation.name} ${outcomes[fault.outcome]}`, (harness) =>
            testFault(options.name, harness, fault, operation),
          );
        }
      });
    }
    register("closing ends what hangs, and leaves no socket", (harness) =>
      testClosing(options.name, harness),
    );
  });
}

/** How many tests {@link describeProviderFaults} registers. */
export const providerFaultTests = faultCases.length * faultOperations.length + 1;

const outcomes: Readonly<Record<FaultCase["outcome"], string>> = {
  fails: "fails, and works again after",
  "times-out": "fails at its deadline, and works again after",
  succeeds: "succeeds",
  either: "fails or is complete, and works again after",
};

async function testFault(
  name: string,
  harness: FaultHarness,
  { fault, outcome, codes }: FaultCase,
  operation: FaultOperation,
): Promise<void> {
  const { proxy, provider } = harness;
  const clock = new FakeClock();
  const context = contextOf(name, harness, clock);
  await prepare(context);
  const measured = await measure(operation, context, harness);
  await proxy.set(fault(measured));
  const before = proxy.stats;

  const calling = operation.run(context);
  let settled = false;
  const done = calling.then(
    () => (settled = true),
    () => (settled = true),
  );
  if (outcome === "times-out") {
    // It has begun: a connection was made or used.
    await Promise.race([done, proxy.waitFor((now) => isUsed(before, now))]);
    expect(settled, "the call ended before its deadline").toBe(false);
    await clock.advance(deadlineMs);
    expect(settled, "the call went on past its deadline").toBe(true);
  }
  await done;
  const succeeded = await check(calling, context, harness, outcome, codes, operation.name);
  expect(clock.pendingTimers, "a timer is left of the call").toBe(0);

  await proxy.clear();
  const store = createStore(name, provider, { timeoutMs: recoveryCallMs, resilience: false });
  await recover(context, store);
  await operation.expectWhole(context, store, succeeded);
  await expectNoSocketAfterClose(context.store, harness);
}

async function testClosing(name: string, harness: FaultHarness): Promise<void> {
  const { proxy } = harness;
  const context = contextOf(name, harness, new FakeClock());
  await prepare(context);
  await proxy.set({ kind: "stall" });
  const before = proxy.stats;
  const calls = faultOperations.map((operation) => ({
    operation: operation.name,
    calling: operation.run(context),
  }));
  const failures = calls.map(({ calling, operation }) =>
    context.expectFailure(calling, "Closed", operation),
  );
  await proxy.waitFor((now) => isUsed(before, now));
  await expectNoSocketAfterClose(context.store, harness);
  await Promise.all(failures);
}

type Stats = FaultHarness["proxy"]["stats"];

/** What a stalled connection was sent does not pass, so a kept connection shows nothing of it. */
function isUsed(before: Stats, now: Stats): boolean {
  return now.receivedFromClients > before.receivedFromClients || now.accepted > before.accepted;
}

function contextOf(name: string, harness: FaultHarness, clock: FakeClock): ContractContext {
  const store = createStore(name, harness.provider, {
    clock,
    timeoutMs: deadlineMs,
    // The driver alone is tested; a retry would wait on a clock that stands still.
    resilience: false,
  });
  return createContext(name, {
    store,
    namespace: harness.namespace,
    cleanup: () => Promise.resolve(),
  });
}

/** The second of two rehearsals: the first may open a connection or fill a compressor's table. */
async function measure(
  operation: FaultOperation,
  context: ContractContext,
  { proxy }: FaultHarness,
): Promise<MeasuredCall> {
  await operation.rehearse(context);
  await prepare(context);
  const before = proxy.stats;
  await operation.rehearse(context);
  const after = proxy.stats;
  await prepare(context);
  return {
    toServer: after.bytesToServer - before.bytesToServer,
    toClient: after.bytesToClient - before.bytesToClient,
  };
}

async function check(
  calling: Promise<void>,
  { expectFailure }: ContractContext,
  harness: FaultHarness,
  outcome: FaultCase["outcome"],
  codes: FaultCase["codes"],
  operation: string,
): Promise<boolean> {
  const failure: unknown = await calling.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure === undefined) {
    expect(["succeeds", "either"], "the call succeeded").toContain(outcome);
    return true;
  }
  // Not one of the store's: an assertion about what the call resolved to.
  if (!isSecretError(failure) || outcome === "succeeds") throw failure as Error;
  await expectFailure(calling, codes, operation);
  for (const credential of harness.credentials ?? []) expectClean(failure, canaryOf(credential));
  return false;
}

/** Reads a neighbour until that works; the time limit of the test ends it otherwise. */
async function recover({ at, value }: ContractContext, store: SecretStore): Promise<void> {
  for (;;) {
    try {
      const secret = await store.get({ path: at("fault/third") });
      expect(secret.text()).toBe(value("old"));
      return;
    } catch (error) {
      if (!isSecretError(error) || !error.retryable) throw error;
      await new Promise((resolve) => setTimeout(resolve, recoveryPauseMs));
    }
  }
}

/** Between two tries: a client may wait a second before it connects again. */
const recoveryPauseMs = 50;

async function expectNoSocketAfterClose(
  store: SecretStore,
  { proxy }: FaultHarness,
): Promise<void> {
  await store.close();
  await proxy.waitFor(({ open }) => open === 0);
}
