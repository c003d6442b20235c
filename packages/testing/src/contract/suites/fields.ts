import { Secret, type JsonValue } from "@kinko/core";
import { expect } from "vitest";
import { hostileNames } from "../../hostile-names.js";
import type { Contract } from "../contract-test.js";

/** Fields of JSON secrets. */
export function describeFields(contract: Contract): void {
  contract.test(
    "reads single fields with their own kind",
    async ({ store, at, value, expectFailure }) => {
      const path = at("app/db");
      await store.put({ path }, { user: "app", password: value("p"), port: 5432, tags: ["a"] });
      const password = await store.get({ path, field: "password" });
      expect(password.kind).toBe("text");
      expect(password.text()).toBe(value("p"));
      expect((await store.get({ path, field: "port" })).json()).toBe(5432);
      expect((await store.get({ path, field: "tags" })).kind).toBe("json");
      const missing = await expectFailure(store.get({ path, field: "missing" }), "NotFound", "get");
      expect(missing.reason).toBe("field-not-found");
      await store.put({ path: at("app/text") }, value("t"));
      const textField = store.get({ path: at("app/text"), field: "password" });
      await expectFailure(textField, "InvalidValue", "get");
    },
  );

  contract.test("keeps fields with hostile names", async ({ store, at }) => {
    const path = at("app/fields");
    const names = hostileNames.filter((name) => name.isWellFormed() && name.length < 2_000);
    const fields = Object.fromEntries(names.map((name, index) => [name, `field ${index}`]));
    const secret = Secret.json(fields);
    await store.put({ path }, secret);
    expect((await store.get({ path })).equals(secret)).toBe(true);
    for (const field of ["__proto__", "constructor", "a.b", "a/../b", "{{name}}", "%2e%2e"]) {
      const expected = Object.hasOwn(fields, field) ? fields[field] : undefined;
      expect(expected, field).toBeDefined();
      expect((await store.get({ path, field })).text(), field).toBe(expected);
    }
  });

  if (!contract.supports("checkAndSet") && !contract.supports("patch")) {
    contract.test(
      "refuses to change one field as Unsupported, unless non-atomic is allowed",
      async (context) => {
        const { store, at, value, expectFailure } = context;
        const ref = { path: at("app/db") };
        await store.put(ref, { user: "app", password: value("old") });
        const patch = store.patch(ref, { password: value("new") });
        await expectFailure(patch, "Unsupported", "patch");
        expect((await store.get(ref)).field("password").text()).toBe(value("old"));
        await store.patch(ref, { password: value("new") }, { nonAtomic: true });
        expect((await store.get(ref)).field("password").text()).toBe(value("new"));
      },
    );
    return;
  }

  contract.test("changes, adds and removes fields, and leaves the others", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    await store.put(ref, { user: "app", password: value("old"), old: true, list: [1, { a: 1 }] });
    await store.patch(ref, { password: value("new"), old: null, extra: { a: [1] } });
    const expected: JsonValue = {
      user: "app",
      password: value("new"),
      list: [1, { a: 1 }],
      extra: { a: [1] },
    };
    expect((await store.get(ref)).equals(Secret.json(expected))).toBe(true);
    const missing = store.patch({ path: at("app/missing") }, { a: value("x") });
    await expectFailure(missing, "NotFound", "patch");
    await store.put({ path: at("app/text") }, value("t"));
    const text = store.patch({ path: at("app/text") }, { a: value("x") });
    await expectFailure(text, "InvalidValue", "patch");
  });

  contract.test(
    "loses no field when several writers change different ones",
    async ({ store, at }) => {
      const ref = { path: at("app/db") };
      await store.put(ref, { start: 1 });
      const writers = Array.from({ length: 5 }, (_, index) => index);
      await Promise.all(writers.map((n) => store.patch(ref, { [`field${n}`]: n })));
      const names = (await store.get(ref)).fieldNames().sort();
      expect(names).toEqual([...writers.map((n) => `field${n}`), "start"]);
    },
  );

  contract.test("refuses a change of fields when the version is another", async (context) => {
    const { store, at, value, expectFailure } = context;
    const ref = { path: at("app/db") };
    const first = await store.put(ref, { a: value("1") });
    await store.put(ref, { a: value("2") });
    const stale = store.patch(ref, { a: value("3") }, { ifVersion: first.version });
    await expectFailure(stale, "Conflict", "patch");
    expect((await store.get(ref)).field("a").text()).toBe(value("2"));
  });

  if (!contract.supports("checkAndSet")) return;
  contract.test(
    "creates a JSON secret from one field, and changes only that field later",
    async (context) => {
      const { store, at, value } = context;
      const path = at("app/new");
      await store.put({ path, field: "user" }, "app");
      await store.put({ path, field: "password" }, value("p"));
      await store.put({ path, field: "__proto__" }, "own");
      const secret = await store.get({ path });
      expect(secret.fieldNames().sort()).toEqual(["__proto__", "password", "user"]);
      expect(secret.field("password").text()).toBe(value("p"));
    },
  );
}
