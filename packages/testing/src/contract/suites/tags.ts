import { expect } from "vitest";
import type { Contract } from "../contract-test.js";

/** Tags of a secret. */
export function describeTags(contract: Contract): void {
  if (!contract.supports("tags")) {
    contract.test("refuses tags as Unsupported, and writes nothing", async (context) => {
      const { store, at, value, expectFailure } = context;
      const ref = { path: at("app/db") };
      const write = store.put(ref, value("new"), { tags: { owner: "team-a" } });
      const error = await expectFailure(write, "Unsupported", "put");
      expect(error.advice).toMatch(/\S+ \S+/u);
      expect(await store.tryGet(ref)).toBeUndefined();
    });
    return;
  }

  contract.test("keeps tags beside the value", async ({ store, at, value }) => {
    const ref = { path: at("app/db") };
    await store.put(ref, value("first"), { tags: { owner: "team-a", stage: "production" } });
    const secret = await store.get(ref);
    expect(secret.metadata?.tags).toEqual({ owner: "team-a", stage: "production" });
    expect(secret.text()).toBe(value("first"));
  });

  contract.test("shows no tag that nobody has written", async ({ store, at }) => {
    for (const [index, value] of ["text", Buffer.from([0, 255]), { a: 1 }].entries()) {
      const ref = { path: at(`untagged/${index}`) };
      await store.put(ref, value);
      expect((await store.get(ref)).metadata?.tags).toEqual({});
    }
  });

  contract.test("replaces all tags, or leaves them alone", async ({ store, at, value }) => {
    const ref = { path: at("app/db") };
    await store.put(ref, value("1"), { tags: { owner: "team-a", stage: "production" } });
    await store.put(ref, value("2"));
    expect((await store.get(ref)).metadata?.tags).toEqual({ owner: "team-a", stage: "production" });
    await store.put(ref, Buffer.from(value("3")), { tags: { owner: "team-b" } });
    const replaced = await store.get(ref);
    expect(replaced.metadata?.tags).toEqual({ owner: "team-b" });
    expect(replaced.kind).toBe("binary");
    await store.put(ref, value("4"), { tags: {} });
    expect((await store.get(ref)).metadata?.tags).toEqual({});
  });
}
