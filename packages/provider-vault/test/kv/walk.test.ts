import {
  isSecretError,
  type ListItem,
  type ListPage,
  type ProviderListOptions,
  type SecretPath,
} from "@kinko/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { walk, type ListFolder } from "../../src/kv/walk.js";

/** Lists folders of names as Vault does. */
function vaultOf(
  names: readonly string[],
): ListFolder & { readonly asked: string[]; most: number } {
  const asked: string[] = [];
  let running = 0;
  const list = async (folder: SecretPath): Promise<readonly string[] | undefined> => {
    asked.push(folder.join("/"));
    running += 1;
    listFolder.most = Math.max(listFolder.most, running);
    await Promise.resolve();
    running -= 1;
    const prefix = folder.map((segment) => `${segment}/`).join("");
    const keys = names
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .map((rest) => (rest.includes("/") ? rest.slice(0, rest.indexOf("/") + 1) : rest));
    return keys.length === 0 ? undefined : [...new Set(keys)];
  };
  const listFolder = Object.assign(list, { asked, most: 0 });
  return listFolder;
}

function options(overrides: Partial<ProviderListOptions> = {}): ProviderListOptions {
  return {
    prefix: [],
    recursive: true,
    pageSize: 3,
    signal: new AbortController().signal,
    ...overrides,
  };
}

async function pagesOf(pages: AsyncIterable<ListPage>): Promise<ListPage[]> {
  const all: ListPage[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

function text(item: ListItem): string {
  return item.path.join("/") + (item.type === "folder" ? "/" : "");
}

const segment = fc.constantFrom("a", "b", "ab", "A", "é", "a-", "😀", "0");
const names = fc.uniqueArray(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/")),
  { maxLength: 40 },
);

describe("walking folders", () => {
  test("gives every name once, in pages of the size that was asked for", async () => {
    await fc.assert(
      fc.asyncProperty(names, fc.integer({ min: 1, max: 7 }), async (written, pageSize) => {
        const pages = await pagesOf(walk(vaultOf(written), options({ pageSize })));
        const listed = pages.flatMap(({ items }) => items.map(text));
        expect(listed.toSorted()).toEqual(written.toSorted());
        for (const [index, { items, nextCursor }] of pages.entries()) {
          const last = index === pages.length - 1;
          expect(nextCursor === undefined).toBe(last);
          if (!last) expect(items).toHaveLength(pageSize);
        }
      }),
    );
  });

  test("goes on behind any page, recursive or not", async () => {
    await fc.assert(
      fc.asyncProperty(names, fc.boolean(), async (written, recursive) => {
        const folder = vaultOf(written);
        const pages = await pagesOf(walk(folder, options({ recursive, pageSize: 2 })));
        const all = pages.flatMap(({ items }) => items.map(text));
        let before = 0;
        for (const { items, nextCursor: cursor } of pages) {
          before += items.length;
          if (cursor === undefined) continue;
          const rest = await pagesOf(walk(folder, options({ recursive, cursor })));
          expect(rest.flatMap((page) => page.items.map(text))).toEqual(all.slice(before));
        }
      }),
    );
  });

  test("goes on behind a name that is gone meanwhile", async () => {
    const [first] = await pagesOf(
      walk(vaultOf(["a/1", "a/2", "b/1", "c"]), options({ pageSize: 2 })),
    );
    expect(first?.items.map(text)).toEqual(["a/1", "a/2"]);
    const rest = await pagesOf(walk(vaultOf(["b/1", "c"]), options({ cursor: first?.nextCursor })));
    expect(rest.flatMap((page) => page.items.map(text))).toEqual(["b/1", "c"]);
  });

  test("asks for each folder once, and for few at a time", async () => {
    const written = Array.from({ length: 60 }, (_, n) => `f${n % 20}/g${n % 3}/n${n}`);
    const folder = vaultOf(written);
    await pagesOf(walk(folder, options({ pageSize: 100 })));
    expect(folder.asked).toHaveLength(new Set(folder.asked).size);
    expect(folder.asked).toHaveLength(1 + 20 + 60);
    expect(folder.most).toBeLessThanOrEqual(8);
    expect(folder.most).toBeGreaterThan(1);
  });

  test("asks for nothing more when it is left, and drops what it asked for ahead", async () => {
    const signals: AbortSignal[] = [];
    const folder: ListFolder = (path, { signal }) => {
      signals.push(signal);
      if (path.length === 0) return Promise.resolve(["a/", "b/", "c/", "d/", "e/", "f/"]);
      if (path[0] === "a") return Promise.resolve(["1", "2"]);
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    };
    for await (const { items } of walk(folder, options({ pageSize: 1 }))) {
      expect(items.map(text)).toEqual(["a/1"]);
      break;
    }
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(signals.length).toBeLessThanOrEqual(5);
  });

  test("a folder that cannot be listed ends the walk with its error", async () => {
    const folder: ListFolder = (path) =>
      path.length === 0 ? Promise.resolve(["a", "b/", "c/"]) : Promise.reject(new Error("denied"));
    await expect(pagesOf(walk(folder, options()))).rejects.toThrow("denied");
  });

  test.each(["", "x", "W10", "eyJhIjoxfQ"])("a foreign cursor is refused: %j", async (cursor) => {
    const folder = vaultOf(["a"]);
    const error: unknown = await pagesOf(walk(folder, options({ cursor }))).catch(
      (caught: unknown) => caught,
    );
    expect(isSecretError(error, "InvalidRef")).toBe(true);
    expect(folder.asked).toEqual([]);
  });
});
