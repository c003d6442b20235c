import { describe, expect, test } from "vitest";
import { FakeClock, flushMicrotasks } from "@kinko/testing";
import { createMemoryProvider, MemoryFault } from "@kinko/testing/memory";
import type { MemoryHooks } from "@kinko/testing/memory";
import { createRoutedStore, createStore } from "../../src/index.js";
import type { ListOptions, SecretStore } from "../../src/index.js";
import { failureOf } from "../support/limited.js";

function memory(name: string, paths: readonly string[] = [], hooks: MemoryHooks = {}): SecretStore {
  const secrets = Object.fromEntries(paths.map((path) => [path, `${name}:${path}`]));
  return createStore(name, createMemoryProvider({ secrets }, hooks), { resilience: false });
}

async function names(store: SecretStore, options: ListOptions = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, type } of store.list(options)) {
    found.push(type === "folder" ? `${path.join("/")}/` : path.join("/"));
  }
  return found.toSorted();
}

describe("routes", () => {
  test("send a name to the store with the longest prefix of whole segments", async () => {
    const paths = ["a", "a/b", "a/b/c", "a/b/c/d", "ab", "a/bc"];
    const store = createRoutedStore(
      [
        { prefix: "a/b/c", store: memory("deep", paths) },
        { prefix: ["a", "b"], store: memory("middle", paths) },
      ],
      memory("rest", paths),
    );
    const owners = await Promise.all(
      paths.map(async (path) => (await store.get(path)).metadata?.provider),
    );
    expect(owners).toEqual(["rest", "middle", "deep", "deep", "rest", "rest"]);
  });

  test("send every call to its store", async () => {
    const vault = memory("vault");
    const local = memory("local");
    const store = createRoutedStore([{ prefix: "v", store: vault }], local);
    await store.put("v/a", { x: "1" });
    await store.patch("v/a", { x: "2" });
    await store.put("l", "local");
    expect((await vault.get("v/a#x")).text()).toBe("2");
    expect(await local.tryGet("v/a")).toBeUndefined();
    expect(await store.versions("v/a")).toHaveLength(2);
    await store.delete("v/a");
    expect(await failureOf(store.get("v/a"))).toMatchObject({ code: "Deleted", provider: "vault" });
    await store.undelete("v/a");
    expect((await store.get("v/a#x")).text()).toBe("2");
    expect(await store.tryGet("v/none")).toBeUndefined();
    const report = await store.validate([{ ref: "v/a" }, { ref: "l" }, { ref: "none" }]);
    expect(report.ok).toBe(false);
    expect(report.items.map(({ status }) => status)).toEqual(["allowed", "allowed", "missing"]);
    expect(store.provider).toBe("local");
    expect(store.as("versions")).toBe(local.as("versions"));
  });

  test("refuse a wrong reference in the name of the fallback", async () => {
    const store = createRoutedStore([{ prefix: "v", store: memory("vault") }], memory("local"));
    expect(await failureOf(store.get("v/../x"))).toMatchObject({
      code: "InvalidRef",
      provider: "local",
      operation: "get",
    });
  });

  test.each([[["a", "a/"]], [["a", "a"]], [[""]], [["a", "b", "a"]]])(
    "cannot share a prefix or have none: %j",
    (prefixes) => {
      const routes = prefixes.map((prefix) => ({ prefix, store: memory("x") }));
      expect(() => createRoutedStore(routes, memory("rest"))).toThrow(
        expect.objectContaining({ code: "Config", reason: "bad-route" }) as Error,
      );
    },
  );
});

describe("reading many across stores", () => {
  test("keeps the order asked for, and finds each in its store", async () => {
    const store = createRoutedStore(
      [{ prefix: "v", store: memory("vault", ["v/a", "v/b"]) }],
      memory("local", ["l"]),
    );
    const found = await store.getMany(["v/b", "l", "v/a", "l"]);
    expect([...found].map(([ref, secret]) => `${ref} ${secret.metadata?.provider}`)).toEqual([
      "v/b vault",
      "l local",
      "v/a vault",
    ]);
  });

  test("fails with a failure of any store, or hands each to onError", async () => {
    const down = memory("vault", [], {
      beforeCall: () => {
        throw new MemoryFault("Unavailable");
      },
    });
    const store = createRoutedStore([{ prefix: "v", store: down }], memory("local", ["l"]));
    expect(await failureOf(store.getMany(["l", "v/a"]))).toMatchObject({
      code: "Unavailable",
      provider: "vault",
    });
    const failed: string[] = [];
    const found = await store.getMany(["l", "none"], {
      onError: (ref, error) => failed.push(`${ref} ${error.code}`),
    });
    expect([...found.keys()]).toEqual(["l"]);
    expect(failed).toEqual(["none NotFound"]);
  });
});

describe("listing across stores", () => {
  const hidden = ["a/b/hidden", "a/b"];

  test("shows each name once, from the store that serves it", async () => {
    const store = createRoutedStore(
      [{ prefix: "a/b", store: memory("middle", ["a/b", "a/b/x", "a/b/c/y", "other", "a/z"]) }],
      memory("rest", [...hidden, "a", "a/d", "top"]),
    );
    expect(await names(store)).toEqual(["a", "a/b", "a/b/c/y", "a/b/x", "a/d", "top"]);
    expect(await names(store, { prefix: "a" })).toEqual(["a/b", "a/b/c/y", "a/b/x", "a/d"]);
    expect(await names(store, { prefix: "a/b" })).toEqual(["a/b/c/y", "a/b/x"]);
    expect(await names(store, { prefix: "a/b/c" })).toEqual(["a/b/c/y"]);
    expect((await store.get("a/b")).metadata?.provider).toBe("middle");
  });

  test("shows each name once also when routes overlap or share a store", async () => {
    const shared = memory("shared", ["a", "a/1", "a/b", "a/b/2", "a/b/c", "a/b/c/3", "top"]);
    const store = createRoutedStore(
      [
        { prefix: "a", store: shared },
        { prefix: "a/b", store: shared },
        { prefix: "a/b/c", store: shared },
      ],
      shared,
    );
    const expected = ["a", "a/1", "a/b", "a/b/2", "a/b/c", "a/b/c/3", "top"];
    expect(await names(store)).toEqual(expected);
    expect(await names(store, { prefix: "a" })).toEqual(expected.slice(1, -1));
    expect(await names(store, { prefix: "a/b" })).toEqual(["a/b/2", "a/b/c", "a/b/c/3"]);
  });

  test("shows a folder for each route, and the secret that has the path of one", async () => {
    const store = createRoutedStore(
      [
        { prefix: "v", store: memory("vault", ["v", "v/x"]) },
        { prefix: "deep/er", store: memory("deep", ["deep/er/x"]) },
      ],
      memory("rest", ["v", "v/hidden", "f/1", "deep/own", "top"]),
    );
    expect(await names(store, { recursive: false })).toEqual(["deep/", "f/", "top", "v", "v/"]);
    expect(await names(store, { prefix: "deep", recursive: false })).toEqual([
      "deep/er/",
      "deep/own",
    ]);
    expect(await names(store, { prefix: "v", recursive: false })).toEqual(["v/x"]);
  });

  test("forgives a store that may not list beside its own prefix, and nothing else", async () => {
    const refusing = (code: "PermissionDenied" | "Unavailable"): SecretStore =>
      memory("vault", ["v/x"], {
        beforeCall: ({ operation, path }) => {
          if (operation === "list" && path === undefined) throw new MemoryFault(code);
        },
      });
    const granted = createRoutedStore(
      [{ prefix: "v", store: refusing("PermissionDenied") }],
      memory("rest", ["top"]),
    );
    expect(await names(granted)).toEqual(["top", "v/x"]);
    const down = createRoutedStore(
      [{ prefix: "v", store: refusing("Unavailable") }],
      memory("rest", ["top"]),
    );
    expect(await failureOf(names(down))).toMatchObject({ code: "Unavailable" });
  });

  test("cannot start at a cursor, unless one store serves all of it", async () => {
    const store = createRoutedStore(
      [{ prefix: "v", store: memory("vault", ["v/1", "v/2", "v/3"]) }],
      memory("rest"),
    );
    expect(() => store.list({ cursor: "x" })).toThrow(
      expect.objectContaining({ reason: "cursor-across-stores" }) as Error,
    );
    const pages = [];
    for await (const page of store.list({ prefix: "v", pageSize: 1 }).pages()) pages.push(page);
    expect(await names(store, { prefix: "v", cursor: pages[0]?.nextCursor })).toEqual([
      "v/2",
      "v/3",
    ]);
  });

  test("stops when its signal aborts, also while it looks beside a route", async () => {
    const store = createRoutedStore(
      [{ prefix: "v", store: memory("vault", ["v"]) }],
      memory("rest"),
    );
    expect(await failureOf(names(store, { signal: AbortSignal.abort() }))).toMatchObject({
      code: "Aborted",
    });
  });
});

describe("watch, health and close across stores", () => {
  test("watches each name in its store and ends with the signal", async () => {
    const clock = new FakeClock();
    const vault = memory("vault", ["v/a"], { clock });
    const local = memory("local", ["l"], { clock });
    const store = createRoutedStore([{ prefix: "v", store: vault }], local);
    const controller = new AbortController();
    const seen: string[] = [];
    const done = (async () => {
      for await (const { ref, type } of store.watch(["v/a", "l"], { signal: controller.signal }))
        seen.push(`${ref} ${type}`);
    })();
    await flushMicrotasks();
    await store.put("l", "2");
    await store.put("v/a", "2");
    await flushMicrotasks();
    expect(seen.toSorted()).toEqual(["l updated", "v/a updated"]);
    controller.abort();
    await done;
  });

  test("is as healthy as the worst of all", async () => {
    const down = memory("vault", [], {
      beforeCall: () => {
        throw new MemoryFault("Sealed");
      },
    });
    const store = createRoutedStore([{ prefix: "v", store: down }], memory("local"));
    const health = await store.health();
    expect(health).toMatchObject({ status: "unhealthy", code: "Sealed" });
    expect(health.message).toMatch(/^vault: /u);
    const fine = createRoutedStore([{ prefix: "v", store: memory("vault") }], memory("local"));
    expect(await fine.health()).toMatchObject({ status: "healthy" });
  });

  test("closes every store, and each of them once", async () => {
    const [vault, local] = [memory("vault"), memory("local")];
    const store = createRoutedStore(
      [
        { prefix: "v", store: vault },
        { prefix: "w", store: vault },
      ],
      local,
    );
    await store.close();
    await store[Symbol.asyncDispose]();
    for (const closed of [vault, local])
      expect(await failureOf(closed.get("a"))).toMatchObject({ code: "Closed" });
  });
});
