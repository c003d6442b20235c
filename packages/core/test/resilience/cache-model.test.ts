import { FakeClock } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createStore, isSecretError } from "../../src/index.js";

const ttlMs = 10_000;
const maxStaleMs = 30_000;

type Step =
  | { readonly do: "read" | "fresh" | "many" | "put" | "change" | "delete"; readonly name: string }
  | { readonly do: "wait" | "jump"; readonly ms: number }
  | { readonly do: "state"; readonly state: "up" | "down" | "denied" };

const name = fc.constantFrom("a", "b");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom(
      "read",
      "read",
      "read",
      "fresh",
      "many",
      "put",
      "change",
      "delete" as const,
    ),
    name,
  }) as fc.Arbitrary<Step>,
  fc.record({
    do: fc.constantFrom("wait", "jump" as const),
    ms: fc.integer({ min: -5_000, max: 50_000 }),
  }),
  fc.record({
    do: fc.constant("state" as const),
    state: fc.constantFrom("up", "down", "down", "denied" as const),
  }),
);

/** What is true of a name: its values with the time from which each was there, and revocations. */
interface Truth {
  readonly values: { value: string; fromMs: number; untilMs: number }[];
  /** A value below this index was replaced by this store itself, or revoked: it never comes back. */
  floor: number;
}

test("whatever happens, a read is never too old, never revoked, and never from before an own write", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const clock = new FakeClock();
      let state: "up" | "down" | "denied" = "up";
      let serial = 0;
      let current = "";
      const answeredMs = new Map<string, number>();
      const memory = createMemoryProvider(
        {},
        {
          clock,
          beforeCall: ({ operation, path }) => {
            if (state === "up" && operation === "get") {
              // A bulk read names no path; it was for the name of the present step.
              answeredMs.set(path?.join("/") ?? current, clock.monotonicMs());
            }
            if (state === "down") throw new MemoryFault("Unavailable");
            if (state === "denied") throw new MemoryFault("PermissionDenied");
          },
        },
      );
      const store = createStore("memory", memory, {
        clock,
        resilience: {
          retry: false,
          breaker: { failures: 3, openSeconds: 5 },
          cache: { ttlSeconds: ttlMs / 1_000, maxStaleSeconds: maxStaleMs / 1_000 },
        },
      });
      const other = createStore("memory", memory, { clock, resilience: false });
      const truths = new Map<string, Truth>();
      const truthOf = (key: string): Truth => {
        const truth = truths.get(key) ?? { values: [], floor: 0 };
        truths.set(key, truth);
        return truth;
      };
      const replaced = (key: string, value: string | undefined): void => {
        const truth = truthOf(key);
        const last = truth.values.at(-1);
        if (last !== undefined) last.untilMs = Math.min(last.untilMs, clock.monotonicMs());
        if (value === undefined) return;
        truth.values.push({ value, fromMs: clock.monotonicMs(), untilMs: Infinity });
      };
      const check = (key: string, value: string, stale: boolean | undefined): void => {
        const truth = truthOf(key);
        const index = truth.values.findIndex((each) => each.value === value);
        expect(index).toBeGreaterThanOrEqual(truth.floor);
        const ageMs = clock.monotonicMs() - (answeredMs.get(key) ?? -Infinity);
        const goneForMs = clock.monotonicMs() - (truth.values[index]?.untilMs ?? 0);
        const allowedMs = stale === true ? ttlMs + maxStaleMs : ttlMs;
        expect(goneForMs).toBeLessThan(allowedMs);
        expect(ageMs).toBeLessThan(allowedMs);
      };
      for (const each of steps) {
        if ("name" in each) current = each.name;
        if ("state" in each) state = each.state;
        else if ("ms" in each) {
          if (each.do === "wait") await clock.advance(Math.abs(each.ms));
          else clock.jumpWallClock(each.ms);
        } else if (each.do === "put" || each.do === "change") {
          const value = `value ${(serial += 1)}`;
          try {
            await (each.do === "put" ? store : other).put(each.name, value);
            replaced(each.name, value);
            if (each.do === "put") truthOf(each.name).floor = truthOf(each.name).values.length - 1;
          } catch (error) {
            expect(isSecretError(error)).toBe(true);
          }
        } else if (each.do === "delete") {
          try {
            await store.delete(each.name, { mode: "purge" });
            replaced(each.name, undefined);
            truthOf(each.name).floor = truthOf(each.name).values.length;
          } catch (error) {
            expect(isSecretError(error)).toBe(true);
          }
        } else {
          try {
            const secret =
              each.do === "many"
                ? (await store.getMany([each.name])).get(each.name)
                : await store.get(each.name, each.do === "fresh" ? { fresh: true } : undefined);
            if (secret === undefined) throw new Error("getMany left a name out.");
            check(each.name, secret.text(), secret.metadata?.stale);
            if (each.do === "fresh") expect(state).toBe("up");
          } catch (error) {
            if (!isSecretError(error)) throw error;
            // After a refusal nothing of before may be served any more.
            if (error.code === "PermissionDenied") {
              state = "down";
              const next = await store.get(each.name).then(
                () => "served",
                (failure: unknown) => (isSecretError(failure) ? failure.code : "unknown"),
              );
              expect(["Unavailable", "CircuitOpen"]).toContain(next);
              state = "up";
            }
          }
        }
      }
      await store.close();
    }),
    { numRuns: 400 },
  );
});
