import { inspect } from "node:util";
import { expect } from "vitest";
import { expectClean } from "../../canary/canary.js";
import type { Contract } from "../contract-test.js";

/** Reading and writing, one secret at a time and many. */
export function describeBasics(contract: Contract): void {
  contract.test("reads back what was written", async ({ store, at, value }) => {
    const written = await store.put({ path: at("app/db") }, value("first"));
    const secret = await store.get({ path: at("app/db") });
    expect(secret.text()).toBe(value("first"));
    expect(secret.kind).toBe("text");
    expect(secret.metadata?.provider).toBe(store.provider);
    expect(secret.metadata?.version).toBe(written.version);
  });

  contract.test("overwrites with the newest value", async ({ store, at, value }) => {
    await store.put({ path: at("app/db") }, value("first"));
    await store.put({ path: at("app/db") }, value("second"));
    expect((await store.get({ path: at("app/db") })).text()).toBe(value("second"));
  });

  contract.test("keeps neighbours apart", async ({ store, at, value }) => {
    const names = ["app", "app/db", "app/db/main", "app2", "app/d", "app/db2"];
    for (const name of names) await store.put({ path: at(name) }, value(name));
    for (const name of names) {
      expect((await store.get({ path: at(name) })).text(), name).toBe(value(name));
    }
  });

  contract.test("fails with NotFound for a name that was never written", async (context) => {
    const { store, at, text, expectFailure } = context;
    await store.put({ path: at("app/db") }, context.value("there"));
    const error = await expectFailure(store.get({ path: at("app/missing") }), "NotFound", "get");
    expect(error.ref).toBe(text("app/missing"));
    expect(error.retryable).toBe(false);
    expect(await store.tryGet({ path: at("app/missing") })).toBeUndefined();
    await expectFailure(store.get({ path: at("app") }), "NotFound", "get");
  });

  contract.test("reads many, and reports each that failed", async (context) => {
    const { store, at, text, value, canary, expectFailure } = context;
    await store.put({ path: at("many/a") }, value("a"));
    await store.put({ path: at("many/b") }, { user: "u", password: value("b") });
    const failed: string[] = [];
    const found = await store.getMany(
      [
        text("many/b"),
        `${text("many/b")}#password`,
        text("many/missing"),
        text("many/a"),
        text("many/a"),
      ],
      {
        onError: (ref, error) => {
          expectClean(error, canary);
          failed.push(`${ref} ${error.code}`);
        },
      },
    );
    expect([...found.keys()]).toEqual([
      text("many/b"),
      `${text("many/b")}#password`,
      text("many/a"),
    ]);
    expect(found.get(`${text("many/b")}#password`)?.text()).toBe(value("b"));
    expect(failed).toEqual([`${text("many/missing")} NotFound`]);
    await expectFailure(store.getMany([text("many/a"), text("many/missing")]), "NotFound", "get");
  });

  contract.test(
    "does not show a value when a secret is printed",
    async ({ store, at, value, canary }) => {
      await store.put({ path: at("app/db") }, { password: value("p") });
      const secret = await store.get({ path: at("app/db") });
      expectClean(secret, canary);
      expectClean(`${String(secret)} ${inspect({ secret })} ${JSON.stringify({ secret })}`, canary);
    },
  );

  contract.test("serves 50 calls at once", async ({ store, at, value, expectFailure }) => {
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    await Promise.all(numbers.map((n) => store.put({ path: at(`busy/${n}`) }, value(`old ${n}`))));
    await Promise.all([
      ...numbers.map((n) => store.put({ path: at(`busy/new${n}`) }, value(`new ${n}`))),
      ...numbers.map(async (n) => {
        expect((await store.get({ path: at(`busy/${n}`) })).text()).toBe(value(`old ${n}`));
      }),
      ...numbers.map((n) => expectFailure(store.get({ path: at(`gone/${n}`) }), "NotFound")),
      ...numbers.map(async () => {
        const names = new Set<string>();
        for await (const { path } of store.list({ prefix: at("busy") })) names.add(path.join("/"));
        for (const n of numbers) expect(names).toContain(at(`busy/${n}`).join("/"));
      }),
      ...numbers.map(async (n) => {
        await store.put({ path: at(`own/${n}`) }, value(`own ${n}`));
        expect((await store.get({ path: at(`own/${n}`) })).text()).toBe(value(`own ${n}`));
      }),
    ]);
    for (const n of numbers) {
      expect((await store.get({ path: at(`busy/new${n}`) })).text()).toBe(value(`new ${n}`));
    }
  });
}
