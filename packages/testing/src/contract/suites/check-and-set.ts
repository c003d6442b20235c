import { isSecretError, type PutResult } from "@kinko/core";
import { expect } from "vitest";
import type { Contract } from "../contract-test.js";

const writers = 20;

/** Writes that depend on what is there. */
export function describeCheckAndSet(contract: Contract): void {
  if (!contract.supports("checkAndSet")) {
    contract.test("refuses check-and-set as Unsupported, and writes nothing", async (context) => {
      const { store, at, value, expectFailure } = context;
      const ref = { path: at("app/db") };
      const error = await expectFailure(
        store.put(ref, value("new"), { ifVersion: "absent" }),
        "Unsupported",
        "put",
      );
      expect(error.advice).toMatch(/\S+ \S+/u);
      expect(await store.tryGet(ref)).toBeUndefined();
    });
    return;
  }

  contract.test(
    "creates only when nothing is there",
    async ({ store, at, value, expectFailure }) => {
      const ref = { path: at("app/db") };
      await store.put(ref, value("first"), { ifVersion: "absent" });
      const again = store.put(ref, value("second"), { ifVersion: "absent" });
      await expectFailure(again, "AlreadyExists", "put");
      expect((await store.get(ref)).text()).toBe(value("first"));
    },
  );

  contract.test("writes only over the version that was expected", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    const first = await store.put(ref, value("first"));
    const second = await store.put(ref, value("second"), { ifVersion: first.version });
    const stale = store.put(ref, value("stale"), { ifVersion: first.version });
    await expectFailure(stale, "Conflict", "put");
    expect((await store.get(ref)).text()).toBe(value("second"));
    await store.put(ref, value("third"), { ifVersion: second.version });
    expect((await store.get(ref)).text()).toBe(value("third"));
  });

  contract.test("never creates when a version was expected", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/missing") };
    const write = store.put(ref, value("new"), { ifVersion: "1" });
    await expectFailure(write, ["Conflict", "NotFound"], "put");
    expect(await store.tryGet(ref)).toBeUndefined();
  });

  contract.test("lets exactly one of many writers win over the same version", async (context) => {
    const { store, at, value } = context;
    const ref = { path: at("race") };
    const { version } = await store.put(ref, value("start"));
    const results = await race((n) => store.put(ref, value(`writer ${n}`), { ifVersion: version }));
    expect(results.codes).toEqual(Array.from({ length: writers - 1 }, () => "Conflict"));
    expect((await store.get(ref)).text()).toBe(value(`writer ${results.winner}`));
    if (contract.supports("versions")) expect(await store.versions(ref)).toHaveLength(2);
  });

  contract.test("lets exactly one of many writers create", async ({ store, at, value }) => {
    const ref = { path: at("race") };
    const results = await race((n) =>
      store.put(ref, value(`writer ${n}`), { ifVersion: "absent" }),
    );
    expect(results.codes).toEqual(Array.from({ length: writers - 1 }, () => "AlreadyExists"));
    expect((await store.get(ref)).text()).toBe(value(`writer ${results.winner}`));
  });

  contract.test("loses no increment of concurrent check-and-set loops", async ({ store, at }) => {
    const ref = { path: at("counter") };
    await store.put(ref, "0");
    const increment = async (): Promise<void> => {
      for (;;) {
        const current = await store.get(ref);
        try {
          const next = String(Number(current.text()) + 1);
          await store.put(ref, next, { ifVersion: current.metadata?.version });
          return;
        } catch (error) {
          if (!isSecretError(error, "Conflict")) throw error;
        }
      }
    };
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let n = 0; n < 5; n += 1) await increment();
      }),
    );
    expect((await store.get(ref)).text()).toBe("20");
  });
}

async function race(
  write: (writer: number) => Promise<PutResult>,
): Promise<{ readonly winner: number; readonly codes: readonly string[] }> {
  const results = await Promise.allSettled(Array.from({ length: writers }, (_, n) => write(n)));
  const winners = results.flatMap((result, n) => (result.status === "fulfilled" ? [n] : []));
  expect(winners).toHaveLength(1);
  return {
    winner: winners[0] as number,
    codes: results.flatMap((result) => {
      if (result.status === "fulfilled") return [];
      const reason: unknown = result.reason;
      return [isSecretError(reason) ? reason.code : "not a SecretError"];
    }),
  };
}
