import { FakeClock } from "@kinko/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLeaseManager, rotateClient, type ClientUse } from "../../../src/leases/index.js";
import { FakeBackend, type Fault } from "../fake-backend.js";
import { closeWithin } from "../support.js";

interface ModelClient {
  readonly username: string;
  uses: number;
  closings: number;
  wasForced: boolean;
  usesAtEnd: number;
  hadLeftMs: number;
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("pass" as const), ms: fc.nat(30_000) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("acquire" as const) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("release" as const), index: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("faults" as const),
      backend: fc.array(fc.constantFrom<Fault>("none", "fail", "lose-answer", "hang"), {
        minLength: 1,
        maxLength: 3,
      }),
      open: fc.constantFrom("none", "fail", "slow"),
      close: fc.constantFrom("none", "fail"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("recheck" as const) }) },
);

const run = fc.record({
  ttlSeconds: fc.integer({ min: 1, max: 60 }),
  maxTtlSeconds: fc.integer({ min: 1, max: 120 }),
  renewable: fc.boolean(),
  drainTimeoutMs: fc.nat(15_000),
  overlapMs: fc.nat(30_000),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
});

test("whatever fails: no ended client is handed out, none is closed twice, and each before its lease is revoked", async () => {
  await fc.assert(
    fc.asyncProperty(run, async ({ steps, drainTimeoutMs, overlapMs, random, ...lives }) => {
      const clock = new FakeClock();
      let faults: readonly Fault[] = ["none"];
      let opening = "none";
      let closing = "none";
      const backend = new FakeBackend(clock, {
        ...lives,
        fault: (_, count) => faults[count % faults.length] ?? "none",
      });
      const manager = createLeaseManager({
        dynamic: backend,
        clock,
        overlapMs,
        random: () => random,
      });
      const handle = await manager.acquire({ path: "database/creds/app" });
      let isEnding = false;
      /** When a client may be cut at the earliest, by its username. */
      const endings = new Map<string, number>();
      handle.onRotate(({ previous }) => {
        const { username } = previous.secret.json() as { readonly username: string };
        const leftMs = backend.isValid(username) ? previous.expiresAt.getTime() - clock.now() : 0;
        const drainMs = Math.min(overlapMs, drainTimeoutMs, leftMs);
        endings.set(username, clock.monotonicMs() + drainMs);
      });
      const clients: ModelClient[] = [];
      const client = rotateClient<ModelClient>({
        handle,
        clock,
        drainTimeoutMs,
        open: async ({ secret }) => {
          const { username } = secret.json() as { readonly username: string };
          if (opening === "fail") throw new Error("refused");
          if (opening === "slow") await clock.sleep(3_000);
          const unused = { uses: 0, closings: 0, wasForced: false, usesAtEnd: 0, hadLeftMs: 0 };
          const opened = { username, ...unused };
          clients.push(opened);
          return opened;
        },
        close: (old, { forced }) => {
          old.closings += 1;
          old.wasForced = forced;
          if (!isEnding) old.hadLeftMs = (endings.get(old.username) ?? 0) - clock.monotonicMs();
          old.usesAtEnd = old.uses;
          if (closing === "fail") throw new Error("stuck");
        },
      });
      const uses: ClientUse<ModelClient>[] = [];
      const release = (index: number): void => {
        const [use] = uses.splice(index, 1);
        if (use === undefined) return;
        use.client.uses -= 1;
        use.release();
      };
      const acquire = async (signal: AbortSignal): Promise<void> => {
        const use = await client.acquire({ signal });
        use.client.uses += 1;
        expect(use.client.closings).toBe(0);
        expect(backend.isValid(use.client.username), use.client.username).toBe(true);
        uses.push(use);
      };
      const check = (): void => {
        for (const { username, closings, wasForced, usesAtEnd, hadLeftMs } of clients) {
          expect(closings).toBeLessThanOrEqual(1);
          expect(wasForced).toBe(usesAtEnd > 0);
          if (wasForced) expect(hadLeftMs).toBeLessThan(2);
          const isRevoked = backend.requests.some(
            ({ operation, id }) => operation === "revoke" && id === username,
          );
          if (isRevoked) expect(closings, username).toBe(1);
        }
        for (const use of uses) expect(use.signal.aborted).toBe(use.client.closings > 0);
      };
      const failures: unknown[] = [];
      const giveUp = new AbortController();
      for (const each of steps) {
        if (each.type === "acquire") {
          void acquire(giveUp.signal).catch((error: unknown) => failures.push(error));
        }
        if (each.type === "release") release(each.index);
        if (each.type === "recheck") void handle.recheck(client.generation ?? 0);
        if (each.type === "faults") ({ backend: faults, open: opening, close: closing } = each);
        const ms = each.type === "pass" ? each.ms : 1;
        for (let passed = 0; passed < ms; passed += 997) {
          await clock.advance(Math.min(997, ms - passed));
          check();
        }
      }
      faults = ["none"];
      giveUp.abort();
      await clock.advance(10_000);
      check();
      isEnding = true;
      await closeWithin(clock, { close: () => client.close() });
      for (const { closings } of clients) expect(closings).toBe(1);
      await closeWithin(clock, manager);
      await clock.advance(60_000);
      check();
      for (const error of failures) {
        const { code, message } = error as { readonly code?: string; readonly message: string };
        expect(code === "Aborted" || message === "refused", message).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
