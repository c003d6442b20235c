import type { ListItem, ListPage, ProviderListOptions, SecretPath } from "@kinko/core";

type PageOptions = Pick<ProviderListOptions, "prefix" | "recursive" | "pageSize" | "cursor">;

/**
 * One page of the names beneath a prefix, in a fixed order, so that a listing which goes on at a
 * cursor shows each name that was there all the time exactly once, whatever changes meanwhile.
 */
export function listItems(names: Iterable<ListItem>, options: PageOptions): ListPage {
  const items = new Map<string, ListItem>();
  for (const item of names) {
    for (const shown of shownAs(item, options)) items.set(orderKey(shown), shown);
  }
  const keys = [...items.keys()]
    .sort()
    .filter((key) => options.cursor === undefined || key > options.cursor);
  const pageKeys = keys.slice(0, options.pageSize);
  return {
    items: pageKeys.map((key) => items.get(key) as ListItem),
    ...(keys.length > pageKeys.length ? { nextCursor: pageKeys.at(-1) } : {}),
  };
}

function shownAs(item: ListItem, { prefix, recursive }: PageOptions): ListItem[] {
  if (!isBeneath(item.path, prefix)) return [];
  const direct = item.path.length === prefix.length + 1;
  if (recursive || direct) return [item];
  return [{ path: item.path.slice(0, prefix.length + 1), type: "folder" }];
}

function isBeneath(path: SecretPath, prefix: SecretPath): boolean {
  return path.length > prefix.length && prefix.every((segment, index) => segment === path[index]);
}

function orderKey({ path, type }: ListItem): string {
  return `${path.join("/")}\0${type}`;
}
