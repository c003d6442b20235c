import type { ListItem, ListPage } from "@kinko/core";
import { describe, expect, test } from "vitest";
import { stubAws, type StubAnswers } from "../stub-aws.js";

/** AWS with these names, in pages of the size that was asked for, filtered and sorted as documented. */
function withNames(names: readonly string[]): StubAnswers {
  return {
    ListSecrets: ({ Filters, MaxResults, NextToken }) => {
      const [filter] = (Filters ?? []) as readonly { readonly Values: readonly [string] }[];
      const matching = names.filter((name) => name.startsWith(filter?.Values[0] ?? "")).sort();
      const start = Number(NextToken ?? 0);
      const end = start + Number(MaxResults);
      return {
        body: {
          SecretList: matching.slice(start, end).map((Name) => ({
            Name,
            ...(Name.endsWith("deleted") ? { DeletedDate: 1_800_000_000 } : {}),
          })),
          ...(end < matching.length ? { NextToken: String(end) } : {}),
        },
      };
    },
  };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function show({ path, type, deleted }: ListItem): string {
  return `${type} ${path.join("/")}${deleted === true ? " (deleted)" : ""}`;
}

describe("a listing", () => {
  test("asks AWS for the prefix with its slash, by name, with what is scheduled for deletion", async () => {
    const { store, requests } = stubAws(withNames(["prod/a", "production/a"]), { prefix: "team/" });
    await collect(store.list({ prefix: "prod", pageSize: 7 }));
    expect(requests).toEqual([
      {
        operation: "ListSecrets",
        input: {
          Filters: [{ Key: "name", Values: ["team/prod/"] }],
          IncludePlannedDeletion: true,
          MaxResults: 7,
          SortBy: "name",
          SortOrder: "asc",
        },
      },
    ]);
  });

  test("asks for pages no larger than AWS gives", async () => {
    const { store, requests } = stubAws(withNames([]));
    await collect(store.list({ pageSize: 1000 }));
    expect(requests[0]?.input).toMatchObject({ MaxResults: 100 });
    expect(requests[0]?.input).not.toHaveProperty("Filters");
  });

  test("shows what is deleted as deleted, and leaves out names that others gave", async () => {
    const names = ["app/db", "app/deleted", "app/my-secret", "/app/db", "rds!cluster", "a=b"];
    const { store } = stubAws(withNames(names));
    expect((await collect(store.list())).map(show)).toEqual([
      "secret app/db",
      "secret app/deleted (deleted)",
    ]);
    const raw = stubAws(withNames(names), { naming: "raw" });
    expect((await collect(raw.store.list())).map(show)).toEqual([
      "secret a=b",
      "secret app/db",
      "secret app/deleted (deleted)",
      "secret app/my-secret",
      "secret rds!cluster",
    ]);
  });

  test("does not rely on AWS's filter", async () => {
    const { store } = stubAws({
      ListSecrets: () => ({ body: { SecretList: [{ Name: "other/x" }, { Name: "prod/x" }, {}] } }),
    });
    expect((await collect(store.list({ prefix: "prod" }))).map(show)).toEqual(["secret prod/x"]);
  });

  test("shows a folder once, also when its secrets are on several pages or after a cursor", async () => {
    const names = ["a", "b/1", "b/2", "b/3", "b/4", "c/1", "d"];
    const { store } = stubAws(withNames(names));
    const options = { recursive: false, pageSize: 2 };
    const expected = ["secret a", "folder b", "folder c", "secret d"];
    expect((await collect(store.list(options))).map(show)).toEqual(expected);
    const pages: ListPage[] = await collect(store.list(options).pages());
    for (const [index, { nextCursor: cursor }] of pages.entries()) {
      if (cursor === undefined) continue;
      const before = pages.slice(0, index + 1).flatMap(({ items }) => items);
      const after = await collect(store.list({ ...options, cursor }));
      expect([...before, ...after].map(show)).toEqual(expected);
    }
  });

  test("begins the next request only when its page is wanted", async () => {
    const { store, requests } = stubAws(withNames(["a", "b", "c"]));
    for await (const item of store.list({ pageSize: 1 })) {
      expect(show(item)).toBe("secret a");
      break;
    }
    expect(requests).toHaveLength(1);
  });

  test("refuses a cursor that is not its own before any request", async () => {
    const { store, requests } = stubAws({});
    for (const cursor of ["", "x", Buffer.from('{"a":1}').toString("base64url")]) {
      await expect(collect(store.list({ cursor }))).rejects.toMatchObject({
        code: "InvalidRef",
        reason: "bad-cursor",
      });
    }
    expect(requests).toEqual([]);
  });

  test("knows that nothing can be beneath the longest name", async () => {
    const { store, requests } = stubAws({});
    expect(await collect(store.list({ prefix: "a".repeat(512) }))).toEqual([]);
    expect(requests).toEqual([]);
  });
});
