import { inspect } from "node:util";
import { isSecretError } from "@kinko/core";
import { expect } from "vitest";
import { expectClean } from "../../canary/canary.js";
import { hostileNames } from "../../hostile-names.js";
import { collect, eachOf, type Contract, type ContractContext } from "../contract-test.js";

/** Names are refused before any request, or kept exactly and inside the namespace. */
export function describeHostileNames(contract: Contract): void {
  contract.test(
    `refuses each of ${hostileNames.length} hostile names before any request, or keeps it exactly`,
    async (context) => {
      const { store, at, value, harness } = context;
      const outside = await harness.outside?.();
      const bystander = { path: at("bystander") };
      await store.put(bystander, value("untouched"));

      const kept = new Set<string>();
      await eachOf(
        hostileNames,
        async (name) => {
          const ref = { path: [...at("hostile"), name] };
          if (await isRefused(context, () => store.put(ref, value(name)))) return;
          kept.add(name);
        },
        // One at a time when requests are counted, or the count would be somebody else's.
        harness.requests === undefined ? 8 : 1,
      );
      expect(kept.size).toBeGreaterThan(0);
      await eachOf(kept, async (name) => {
        const secret = await store.get({ path: [...at("hostile"), name] });
        expect(secret.text() === value(name), JSON.stringify(name)).toBe(true);
      });
      await expectListed(context, kept);
      await expectReadsRefused(context, kept);

      expect((await store.get(bystander)).text()).toBe(value("untouched"));
      const top = await collect(store.list({ prefix: harness.namespace, recursive: false }));
      expect(top.map(({ path, type }) => `${type} ${path.at(-1)}`).sort()).toEqual([
        "folder hostile",
        "secret bystander",
      ]);
      expect(await harness.outside?.()).toEqual(outside);
    },
  );

  contract.test("keeps hostile names apart as folders too", async (context) => {
    const { store, at, value, harness } = context;
    const outside = await harness.outside?.();
    const kept = new Set<string>();
    const folders = hostileNames.filter((_, index) => index % 3 === 0);
    await eachOf(folders, async (name) => {
      const ref = { path: [...at("hostile"), name, "inner"] };
      if (!(await isRefused(context, () => store.put(ref, value(name)), false))) kept.add(name);
    });
    await eachOf(kept, async (name) => {
      const prefix = [...at("hostile"), name];
      const listed = await collect(store.list({ prefix }));
      expect(listed.map(({ path }) => path)).toEqual([[...prefix, "inner"]]);
      const secret = await store.get({ path: [...prefix, "inner"] });
      expect(secret.text() === value(name), JSON.stringify(name)).toBe(true);
    });
    expect(await harness.outside?.()).toEqual(outside);
  });
}

async function isRefused(
  { harness, canary }: ContractContext,
  write: () => Promise<unknown>,
  countRequests = true,
): Promise<boolean> {
  const before = harness.requests?.();
  const refusal = await failureOf(write);
  if (refusal === undefined) return false;
  expect(isSecretError(refusal, "InvalidRef"), inspect(refusal)).toBe(true);
  expectClean(refusal, canary);
  if (countRequests) expect(harness.requests?.()).toBe(before);
  return true;
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

async function expectListed(
  { store, at }: ContractContext,
  kept: ReadonlySet<string>,
): Promise<void> {
  const prefix = at("hostile");
  for (const recursive of [true, false]) {
    const listed = await collect(store.list({ prefix, recursive }));
    expect(listed.every(({ type }) => type === "secret")).toBe(true);
    expect(listed.map(({ path }) => path.slice(prefix.length).join("/")).sort()).toEqual(
      [...kept].sort(),
    );
  }
}

/** What may not be written may not be read, deleted or listed either. */
async function expectReadsRefused(
  { store, at, harness, supports }: ContractContext,
  kept: ReadonlySet<string>,
): Promise<void> {
  const before = harness.requests?.();
  // The mode that the store has, or it would be refused for that instead of for the name.
  const mode = supports("softDelete") ? "soft" : "purge";
  for (const name of hostileNames) {
    if (kept.has(name)) continue;
    const path = [...at("hostile"), name];
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.get({ path }),
      () => store.delete({ path }, { mode }),
      () => collect(store.list({ prefix: path })),
    ];
    for (const call of calls) {
      const refusal = await failureOf(async () => call());
      expect(isSecretError(refusal, "InvalidRef"), JSON.stringify(name.slice(0, 40))).toBe(true);
    }
  }
  expect(harness.requests?.()).toBe(before);
}
