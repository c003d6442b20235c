import { expect } from "vitest";
import type { Contract } from "../contract-test.js";

/** An id that no store gives out. */
const unknownVersion = "999999999";

/** History of a secret. */
export function describeVersions(contract: Contract): void {
  if (!contract.supports("versions")) {
    contract.test("refuses versions as Unsupported, and says why", async (context) => {
      const { store, at, value, expectFailure } = context;
      const ref = { path: at("app/db") };
      await store.put(ref, value("only"));
      const error = await expectFailure(store.versions(ref), "Unsupported", "versions");
      expect(error.advice).toMatch(/\S+ \S+/u);
      await expectFailure(store.get({ ...ref, version: "1" }), "Unsupported", "get");
    });
    return;
  }

  contract.test(
    "lists versions newest first and marks the current one",
    async ({ store, at, value }) => {
      const ref = { path: at("app/db") };
      const ids: (string | undefined)[] = [];
      for (const label of ["one", "two", "three"])
        ids.push((await store.put(ref, value(label))).version);
      expect(new Set(ids).size).toBe(3);
      const versions = await store.versions(ref);
      expect(versions.map(({ id }) => id)).toEqual(ids.toReversed());
      expect(versions.map(({ current }) => current)).toEqual([true, false, false]);
      expect(versions.every(({ state }) => state === "enabled")).toBe(true);
      for (const { createdAt } of versions) {
        if (createdAt !== undefined) expect(createdAt.getTime()).not.toBeNaN();
      }
    },
  );

  contract.test("reads each version by its id", async ({ store, at, value }) => {
    const ref = { path: at("app/db") };
    const labels = ["one", "two", "three"];
    const ids: (string | undefined)[] = [];
    for (const label of labels) ids.push((await store.put(ref, value(label))).version);
    for (const [index, label] of labels.entries()) {
      const secret = await store.get({ ...ref, version: ids[index] });
      expect(secret.text()).toBe(value(label));
      expect(secret.metadata?.version).toBe(ids[index]);
    }
    expect((await store.get({ ...ref, version: "latest" })).text()).toBe(value("three"));
    expect((await store.get({ ...ref, version: "latestEnabled" })).text()).toBe(value("three"));
  });

  contract.test("tells a missing version from a missing secret", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, value("only"));
    await expectFailure(store.get({ ...ref, version: unknownVersion }), "VersionNotFound", "get");
    const malformed = store.get({ ...ref, version: "no-such-version" });
    await expectFailure(malformed, ["VersionNotFound", "InvalidRef"], "get");
    const missing = { path: at("app/missing") };
    await expectFailure(store.get({ ...missing, version: unknownVersion }), "NotFound", "get");
    await expectFailure(store.versions(missing), "NotFound", "versions");
  });
}
