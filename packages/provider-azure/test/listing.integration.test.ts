import type { ListPage, SecretStore } from "@kinko/core";
import { describe, expect, it } from "vitest";
import { testTls } from "./support.js";
import { failureOf, firstPage, vaultUnderTest } from "./vault.js";

const tls = await testTls();

async function write(store: SecretStore, paths: readonly string[]): Promise<void> {
  for (const path of paths) await store.put(path, "x", { tags: {} });
}

/** All pages, each fetched by a listing of its own from the cursor of the one before. */
async function resumed(
  store: SecretStore,
  options: Parameters<SecretStore["list"]>[0],
): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  let cursor: string | undefined;
  do {
    const page = await firstPage(store, { ...options, cursor });
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
}

function namesOf(pages: readonly ListPage[]): string[] {
  return pages.flatMap(({ items }) => items.map(({ path, type }) => `${type} ${path.join("/")}`));
}

describe("a listing", () => {
  it.each([1, 3, 7, 25, 26])("goes on from any cursor, %d names a page", async (pageSize) => {
    const { store } = await vaultUnderTest(tls);
    const names = Array.from({ length: 60 }, (_, n) => `app/n${String(n).padStart(2, "0")}`);
    await write(store, names);
    const pages = await resumed(store, { pageSize });
    for (const { items } of pages) expect(items.length).toBeLessThanOrEqual(pageSize);
    expect(namesOf(pages).toSorted()).toEqual(names.map((name) => `secret ${name}`));
  });

  it("shows each folder once, also from a cursor", async () => {
    const { store } = await vaultUnderTest(tls);
    const folders = ["a", "b", "c", "d", "e"];
    await write(
      store,
      folders.flatMap((folder) => Array.from({ length: 12 }, (_, n) => `${folder}/${n}`)),
    );
    await write(store, ["c", "plain"]);
    const expected = [...folders.map((name) => `folder ${name}`), "secret c", "secret plain"];
    const pages = await resumed(store, { recursive: false, pageSize: 2 });
    expect(namesOf(pages).toSorted()).toEqual(expected.toSorted());
  });

  it("goes on behind its place while names come and go", async () => {
    const { store } = await vaultUnderTest(tls);
    const names = Array.from({ length: 40 }, (_, n) => `n${String(n).padStart(2, "0")}`);
    await write(store, names);
    const { items, nextCursor } = await firstPage(store, { pageSize: 10 });
    await store.delete("n03", { mode: "purge" });
    await write(store, ["n00a", "n05b"]);
    const rest: string[] = [];
    for await (const { path } of store.list({ pageSize: 10, cursor: nextCursor })) {
      rest.push(path.join("/"));
    }
    expect(items).toHaveLength(10);
    expect(new Set(rest)).toEqual(new Set(names.slice(10)));
    expect(rest).toHaveLength(30);
  });

  it("in a large vault gives empty pages rather than running out of time", async () => {
    const { store } = await vaultUnderTest(tls);
    await write(store, ["zz/last"]);
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        write(
          store,
          Array.from({ length: 70 }, (_unused, index) => `other/${n}-${index}`),
        ),
      ),
    );
    const pages: ListPage[] = [];
    for await (const page of store.list({ prefix: "zz" }).pages()) pages.push(page);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0]).toMatchObject({ items: [], nextCursor: expect.any(String) as string });
    expect(namesOf(pages)).toEqual(["secret zz/last"]);
    expect(namesOf(await resumed(store, { prefix: "zz" }))).toEqual(["secret zz/last"]);
    const folders = await resumed(store, { recursive: false });
    expect(folders.length).toBeGreaterThan(1);
    expect(namesOf(folders)).toEqual(["folder other", "folder zz"]);
  });

  it.each([
    "nonsense",
    Buffer.from("{}").toString("base64url"),
    Buffer.from('["/secrets?a=1",7]').toString("base64url"),
    Buffer.from('["https://example.com/secrets?a=1","a"]').toString("base64url"),
    Buffer.from('["/deletedsecrets?a=1","a"]').toString("base64url"),
  ])("refuses the cursor %j before any request", async (cursor) => {
    const { server, store } = await vaultUnderTest(tls);
    expect(await failureOf(firstPage(store, { cursor }))).toMatchObject({
      code: "InvalidValue",
      reason: "invalid-cursor",
    });
    expect(server.requests).toEqual([]);
  });

  it("ends with its signal in the middle", async () => {
    const { server, store } = await vaultUnderTest(tls);
    await write(
      store,
      Array.from({ length: 30 }, (_, n) => `n${n}`),
    );
    server.fail({
      action: { type: "latency", latencyMs: 1_000 },
      on: ({ query }) => query.has("$skiptoken"),
    });
    const controller = new AbortController();
    const listing = firstPage(store, { signal: controller.signal, pageSize: 30 });
    setTimeout(() => controller.abort(), 50);
    expect(await failureOf(listing)).toMatchObject({ code: "Aborted" });
  });
});
