import { expect } from "vitest";
import { collect, type Contract } from "../contract-test.js";

/** Soft deletion, single versions, and removal for good. */
export function describeDeletion(contract: Contract): void {
  describeSoftDelete(contract);
  describeUndelete(contract);
  describeVersionDeletion(contract);
  describeDestruction(contract);
  describePurge(contract);
}

function describeSoftDelete(contract: Contract): void {
  if (!contract.supports("softDelete")) {
    contract.test("refuses a soft delete as Unsupported, and deletes nothing", async (context) => {
      const { store, at, value, expectFailure } = context;
      const ref = { path: at("app/db") };
      await store.put(ref, value("kept"));
      const error = await expectFailure(store.delete(ref), "Unsupported", "delete");
      expect(error.advice).toMatch(/\S+ \S+/u);
      expect((await store.get(ref)).text()).toBe(value("kept"));
    });
    return;
  }

  contract.test("makes a soft-deleted secret unreadable, as Deleted", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, value("first"));
    await store.put({ path: at("app/other") }, value("other"));
    await store.delete(ref);
    await expectFailure(store.get(ref), "Deleted", "get");
    await expectFailure(store.tryGet(ref), "Deleted", "get");
    await expectFailure(store.delete(ref), "Deleted", "delete");
    expect((await store.get({ path: at("app/other") })).text()).toBe(value("other"));
    const listed = await collect(store.list({ prefix: at("app") }));
    const item = listed.find(({ path }) => path.at(-1) === "db");
    expect(item === undefined || item.deleted !== false).toBe(true);
  });

  contract.test("fails with NotFound when there is nothing to delete", async (context) => {
    const { store, at, expectFailure } = context;
    await expectFailure(store.delete({ path: at("app/missing") }), "NotFound", "delete");
  });

  contract.test("can be written again after a soft delete", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, value("first"));
    await store.delete(ref);
    if (contract.supports("checkAndSet")) {
      const create = store.put(ref, value("hidden"), { ifVersion: "absent" });
      await expectFailure(create, "AlreadyExists", "put");
      await expectFailure(store.get(ref), "Deleted", "get");
    }
    await store.put(ref, value("second"));
    expect((await store.get(ref)).text()).toBe(value("second"));
  });
}

function describeUndelete(contract: Contract): void {
  if (!contract.supports("undelete")) {
    contract.test("refuses undelete as Unsupported", async ({ store, at, expectFailure }) => {
      const undelete = store.undelete({ path: at("app/db") });
      const error = await expectFailure(undelete, "Unsupported", "undelete");
      expect(error.advice).toMatch(/\S+ \S+/u);
    });
    return;
  }

  contract.test("brings a soft-deleted secret back as it was", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, { password: value("first") });
    await store.delete(ref);
    await store.undelete(ref);
    const secret = await store.get(ref);
    expect(secret.kind).toBe("json");
    expect(secret.field("password").text()).toBe(value("first"));
    const missing = store.undelete({ path: at("app/missing") });
    await expectFailure(missing, "NotFound", "undelete");
  });
}

function describeVersionDeletion(contract: Contract): void {
  if (!contract.supports("deleteVersion")) {
    contract.test("refuses to soft-delete one version as Unsupported", async (context) => {
      const { store, at, expectFailure } = context;
      const deletion = store.delete({ path: at("app/db"), version: "1" });
      const error = await expectFailure(deletion, "Unsupported", "delete");
      expect(error.advice).toMatch(/\S+ \S+/u);
    });
    return;
  }

  contract.test("soft-deletes one version and leaves the others", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    const first = { ...ref, version: (await store.put(ref, value("first"))).version };
    const second = { ...ref, version: (await store.put(ref, value("second"))).version };
    await store.delete(first);
    await expectFailure(store.get(first), "Deleted", "get");
    expect((await store.get(ref)).text()).toBe(value("second"));
    await store.delete(second);
    const third = { ...ref, version: (await store.put(ref, value("third"))).version };
    await store.delete(third);
    await expectFailure(store.get(ref), "Deleted", "get");
    await expectFailure(
      store.delete({ ...ref, version: "999999999" }),
      ["VersionNotFound"],
      "delete",
    );
    const states = (await store.versions(ref)).map(({ state }) => state);
    expect(states).toEqual(["deleted", "deleted", "deleted"]);
    if (!contract.supports("undelete")) return;
    await store.undelete(first);
    expect((await store.get(first)).text()).toBe(value("first"));
    expect((await store.get({ ...ref, version: "latestEnabled" })).text()).toBe(value("first"));
    await expectFailure(store.get(ref), "Deleted", "get");
    await store.undelete(third);
    expect((await store.get(ref)).text()).toBe(value("third"));
  });
}

function describeDestruction(contract: Contract): void {
  if (!contract.supports("destroyVersion")) {
    contract.test("refuses to destroy one version as Unsupported", async (context) => {
      const { store, at, expectFailure } = context;
      const destruction = store.delete({ path: at("app/db"), version: "1" }, { mode: "purge" });
      const error = await expectFailure(destruction, "Unsupported", "delete");
      expect(error.advice).toMatch(/\S+ \S+/u);
    });
    return;
  }

  contract.test("destroys one version for good and keeps its number", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    const first = { ...ref, version: (await store.put(ref, value("first"))).version };
    const second = { ...ref, version: (await store.put(ref, value("second"))).version };
    await store.delete(first, { mode: "purge" });
    await expectFailure(store.get(first), "Destroyed", "get");
    expect((await store.get(ref)).text()).toBe(value("second"));
    const versions = await store.versions(ref);
    expect(versions.map(({ state }) => state)).toEqual(["enabled", "destroyed"]);
    await store.delete(second, { mode: "purge" });
    await expectFailure(store.get(ref), "Destroyed", "get");
    if (contract.supports("undelete")) {
      await expectFailure(store.undelete(first), "Destroyed", "undelete");
    }
    const third = await store.put(ref, value("third"));
    expect([first.version, second.version]).not.toContain(third.version);
    expect((await store.get(ref)).text()).toBe(value("third"));
  });
}

function describePurge(contract: Contract): void {
  if (!contract.supports("purge")) {
    contract.test("refuses purge as Unsupported, and removes nothing", async (context) => {
      const { store, at, value, expectFailure } = context;
      const ref = { path: at("app/db") };
      await store.put(ref, value("kept"));
      const error = await expectFailure(
        store.delete(ref, { mode: "purge" }),
        "Unsupported",
        "delete",
      );
      expect(error.advice).toMatch(/\S+ \S+/u);
      expect((await store.get(ref)).text()).toBe(value("kept"));
    });
    return;
  }

  contract.test("purges a secret with all its versions", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    const first = await store.put(ref, value("first"));
    await store.put(ref, value("second"));
    await store.put({ path: at("app/other") }, value("other"));
    await store.delete(ref, { mode: "purge" });
    await expectFailure(store.get(ref), "NotFound", "get");
    if (contract.supports("versions")) {
      await expectFailure(store.versions(ref), "NotFound", "versions");
      await expectFailure(store.get({ ...ref, version: first.version }), "NotFound", "get");
    }
    const names = (await collect(store.list({ prefix: at("app") }))).map(({ path }) => path.at(-1));
    expect(names).toEqual(["other"]);
    await expectFailure(store.delete(ref, { mode: "purge" }), "NotFound", "delete");
    await store.put(
      ref,
      value("again"),
      contract.supports("checkAndSet") ? { ifVersion: "absent" } : {},
    );
    expect((await store.get(ref)).text()).toBe(value("again"));
  });

  if (!contract.supports("softDelete")) return;
  contract.test("purges a secret that was soft-deleted before", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, value("first"));
    await store.delete(ref);
    await store.delete(ref, { mode: "purge" });
    await expectFailure(store.get(ref), "NotFound", "get");
  });
}
