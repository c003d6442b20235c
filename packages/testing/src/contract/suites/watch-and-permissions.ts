import { expect } from "vitest";
import type { Contract } from "../contract-test.js";

/** Pushed changes, and questions about what is allowed. */
export function describeWatchAndPermissions(contract: Contract): void {
  if (contract.supports("watch")) {
    contract.test("pushes changes of what is watched, and of nothing else", async (context) => {
      const { store, at, text, value } = context;
      await store.put({ path: at("watched") }, value("old"));
      const controller = new AbortController();
      const changes = store
        .watch([text("watched"), text("created")], { signal: controller.signal })
        [Symbol.asyncIterator]();
      const first = changes.next();
      await store.put({ path: at("ignored") }, value("x"));
      await store.put({ path: at("watched") }, value("new"));
      expect((await first).value).toMatchObject({ ref: text("watched"), type: "updated" });
      const second = changes.next();
      await store.put({ path: at("created") }, value("x"));
      expect((await second).value).toMatchObject({ ref: text("created"), type: "created" });
      const end = changes.next();
      controller.abort();
      expect((await end).done).toBe(true);
    });
  }

  if (!contract.supports("permissions")) {
    contract.test("refuses to validate permissions as Unsupported", async (context) => {
      const { store, text, expectFailure } = context;
      await expectFailure(store.validate([{ ref: text("app/db") }]), "Unsupported");
    });
    return;
  }

  contract.test("validates names and operations without reading values", async (context) => {
    const { store, at, text, value } = context;
    await store.put({ path: at("app/db") }, value("there"));
    const report = await store.validate([
      { ref: text("app/db"), operations: ["get", "put"] },
      { ref: text("app/missing") },
    ]);
    const answers = report.items.map(
      ({ ref, operation, status }) => `${ref} ${operation} ${status}`,
    );
    expect(answers[0]).toBe(`${text("app/db")} get allowed`);
    expect(answers[1]).toBe(`${text("app/db")} put allowed`);
    expect([`${text("app/missing")} get missing`, `${text("app/missing")} get allowed`]).toContain(
      answers[2],
    );
  });
}
