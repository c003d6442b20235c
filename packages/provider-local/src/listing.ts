import {
  InvalidRefError,
  type ListItem,
  type ListPage,
  type ProviderListOptions,
} from "@kinko/core";
import type { StoreDocument } from "./document/document.js";
import { keyOf, pathOf } from "./names.js";
import type { StoreFile } from "./store/store-file.js";

/**
 * Pages of names, in ascending order. The first page takes a picture of the names; a cursor of an
 * earlier listing goes on behind its name, whatever was written since.
 */
export async function* listPages(
  store: StoreFile,
  options: ProviderListOptions,
): AsyncGenerator<ListPage> {
  const { cursor, signal } = options;
  if (cursor !== undefined && !/^[fs]:/u.test(cursor)) {
    throw new InvalidRefError("The cursor does not come from a listing of this store.", {
      reason: "invalid-cursor",
      advice: "Pass a nextCursor, or leave it out to begin at the start.",
    });
  }
  const pageSize = Math.max(1, options.pageSize);
  const items = await store.read(signal, (document) => itemsOf(document, options));
  let start = cursor === undefined ? 0 : items.findIndex((item) => isBehind(item, cursor));
  if (start === -1) return;
  while (start < items.length) {
    signal.throwIfAborted();
    const page = items.slice(start, start + pageSize);
    start += pageSize;
    const last = page.at(-1) as Named;
    yield {
      items: page.map(({ key, type, deleted }): ListItem => ({
        path: pathOf(key),
        type,
        ...(deleted === undefined ? {} : { deleted }),
      })),
      ...(start < items.length ? { nextCursor: cursorOf(last) } : {}),
    };
  }
}

interface Named {
  readonly key: string;
  readonly type: ListItem["type"];
  readonly deleted?: boolean;
}

/** Sorted by key; of a path that is both, the secret comes before the folder. */
function itemsOf(document: StoreDocument, options: ProviderListOptions): readonly Named[] {
  const start = options.prefix.length === 0 ? "" : `${keyOf(options.prefix)}/`;
  const items: Named[] = [];
  const folders = new Set<string>();
  for (const key of document.keys()) {
    if (!key.startsWith(start)) continue;
    const slash = key.indexOf("/", start.length);
    if (options.recursive || slash === -1) {
      items.push({ key, type: "secret", deleted: document.isDeleted(key) });
    } else {
      folders.add(key.slice(0, slash));
    }
  }
  if (folders.size === 0) return items;
  for (const key of folders) items.push({ key, type: "folder" });
  return items.sort(compare);
}

function compare(left: Named, right: Named): number {
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  return left.type === right.type ? 0 : left.type === "secret" ? -1 : 1;
}

function cursorOf({ key, type }: Named): string {
  return `${type === "secret" ? "s" : "f"}:${key}`;
}

function isBehind(item: Named, cursor: string): boolean {
  const type = cursor.startsWith("s:") ? "secret" : "folder";
  return compare(item, { key: cursor.slice(2), type }) > 0;
}
