import type { ListItem } from "@kinko/core";
import { expect } from "vitest";
import { collect, eachOf, type Contract, type ContractContext } from "../contract-test.js";

const defaultNames = 1_000;
const pageSize = 100;

/** Names, in pages, without values. */
export function describeListing(contract: Contract): void {
  contract.test("matches prefixes by whole segments", async (context) => {
    await write(context, ["prod/a", "prod/sub/b", "prod", "production/a", "pro", "prod2"]);
    expect(await names(context, { prefix: context.at("prod") })).toEqual(["prod/a", "prod/sub/b"]);
    expect(await names(context, { prefix: context.at("prod/sub") })).toEqual(["prod/sub/b"]);
    expect(await names(context, { prefix: context.at("pro") })).toEqual([]);
    expect(await names(context, { prefix: context.at("prod/a") })).toEqual([]);
  });

  contract.test("lists everything in the namespace", async (context) => {
    const written = ["a", "b/c", "b/d/e", "b"];
    await write(context, written);
    expect(await names(context, { prefix: context.harness.namespace })).toEqual(written.toSorted());
  });

  contract.test(
    "shows secrets and folders directly beneath when not recursive",
    async (context) => {
      await write(context, ["top", "both", "both/inner", "folder/deep/secret", "folder/other"]);
      const items = await collect(
        context.store.list({ prefix: context.harness.namespace, recursive: false }),
      );
      expect(items.map((item) => `${item.type} ${shortName(context, item)}`).sort()).toEqual([
        "folder both",
        "folder folder",
        "secret both",
        "secret top",
      ]);
    },
  );

  contract.test("finds nothing beneath an empty prefix, and does not fail", async (context) => {
    expect(await names(context, { prefix: context.at("nothing/here") })).toEqual([]);
    expect(await names(context, { prefix: context.at("nothing"), recursive: false })).toEqual([]);
  });

  const limit = contract.options.limits?.pageCount;
  const count = limit?.value ?? defaultNames;
  const why = limit === undefined ? "" : ` (not ${defaultNames}: ${limit.reason})`;
  contract.test(`lists ${count} names in pages, each name once${why}`, async (context) => {
    const written = Array.from({ length: count }, (_, index) => {
      const name = `n${String(index).padStart(4, "0")}`;
      return index % 10 === 0 ? `paged/folder${index % 7}/${name}` : `paged/${name}`;
    });
    await eachOf(written, (name) => context.store.put({ path: context.at(name) }, name), 16);
    const options = { prefix: context.at("paged"), pageSize };
    const pages = await collect(context.store.list(options).pages());
    for (const page of pages) expect(page.items.length).toBeLessThanOrEqual(pageSize);
    const listed = pages.flatMap((page) => page.items.map((item) => shortName(context, item)));
    expect(listed.toSorted()).toEqual(written.toSorted());
    expect(pages.at(-1)?.nextCursor).toBeUndefined();

    const resumeAfter = pages.findIndex(({ nextCursor }) => nextCursor !== undefined);
    if (count <= pageSize) return;
    expect(resumeAfter).not.toBe(-1);
    const cursor = pages[resumeAfter]?.nextCursor;
    const rest = await collect(context.store.list({ ...options, cursor }));
    const before = pages.slice(0, resumeAfter + 1).flatMap(({ items }) => items);
    const resumed = [...before, ...rest].map((item) => shortName(context, item));
    expect(resumed.toSorted()).toEqual(written.toSorted());
  });

  contract.test("can be left early", async (context) => {
    await write(context, ["a/1", "a/2", "a/3"]);
    for await (const item of context.store.list({ prefix: context.at("a"), pageSize: 1 })) {
      expect(item.type).toBe("secret");
      break;
    }
    expect(await names(context, { prefix: context.at("a") })).toEqual(["a/1", "a/2", "a/3"]);
  });
}

async function write(context: ContractContext, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await context.store.put({ path: context.at(path) }, context.value(path));
}

async function names(
  context: ContractContext,
  options: Parameters<ContractContext["store"]["list"]>[0],
): Promise<string[]> {
  const items = await collect(context.store.list(options));
  return items.map((item) => shortName(context, item)).sort();
}

/** The path without the namespace. */
function shortName({ harness }: ContractContext, { path }: ListItem): string {
  return path.slice(harness.namespace?.length ?? 0).join("/");
}
