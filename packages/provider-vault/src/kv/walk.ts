import {
  InvalidRefError,
  type ListItem,
  type ListPage,
  type ProviderListOptions,
  type SecretPath,
} from "@kinko/core";
import { parseListKey } from "../names.js";

/** Reads the keys of one folder; undefined when there is no such folder. */
export type ListFolder = (
  folder: SecretPath,
  options: { readonly signal: AbortSignal },
) => Promise<readonly string[] | undefined>;

/** Folders of one level that are requested ahead of the one that is being walked. */
const lookahead = 4;

/**
 * Pages of names, depth first and sorted within each folder. Vault returns whole folders, so one
 * folder's names are in memory at a time for each level, and never their values.
 */
export async function* walk(
  listFolder: ListFolder,
  options: ProviderListOptions,
): AsyncGenerator<ListPage> {
  const { prefix, recursive, pageSize, cursor } = options;
  const controller = new AbortController();
  const signal = AbortSignal.any([options.signal, controller.signal]);
  const after = cursor === undefined ? [] : parseCursor(cursor);
  let page: ListItem[] = [];
  let lastKeys: readonly string[] = [];
  try {
    for await (const { item, keys } of walkFolder(
      { listFolder, recursive, signal },
      prefix,
      [],
      after,
    )) {
      if (page.length === pageSize) {
        yield { items: page, nextCursor: formatCursor(lastKeys) };
        page = [];
      }
      page.push(item);
      lastKeys = keys;
    }
    yield { items: page };
  } finally {
    // Folders that were requested ahead and are no longer wanted.
    controller.abort();
  }
}

interface Walk {
  readonly listFolder: ListFolder;
  readonly recursive: boolean;
  readonly signal: AbortSignal;
}

interface Step {
  readonly item: ListItem;
  /** Keys from the prefix down to the item, as Vault writes them. */
  readonly keys: readonly string[];
}

async function* walkFolder(
  walk: Walk,
  folder: SecretPath,
  above: readonly string[],
  after: readonly string[],
  requested?: Promise<readonly string[] | undefined>,
): AsyncGenerator<Step> {
  const all = await (requested ?? walk.listFolder(folder, walk));
  const [first, ...rest] = after;
  const keys = [...(all ?? [])]
    .sort(compareText)
    .filter((key) => first === undefined || key >= first);
  const folders = keys.filter((key) => key.endsWith("/"));
  const ahead = new Map<string, Promise<readonly string[] | undefined>>();
  for (const key of keys) {
    const { name, isFolder } = parseListKey(key);
    const path = [...folder, name];
    if (isFolder && walk.recursive) {
      requestAhead(walk, folder, folders, ahead);
      const own = ahead.get(key);
      ahead.delete(key);
      folders.shift();
      yield* walkFolder(walk, path, [...above, key], key === first ? rest : [], own);
    } else if (key !== first) {
      yield { item: { path, type: isFolder ? "folder" : "secret" }, keys: [...above, key] };
    }
  }
}

function requestAhead(
  walk: Walk,
  folder: SecretPath,
  folders: readonly string[],
  ahead: Map<string, Promise<readonly string[] | undefined>>,
): void {
  for (const key of folders.slice(0, lookahead)) {
    if (ahead.has(key)) continue;
    const keys = walk.listFolder([...folder, parseListKey(key).name], walk);
    // Its failure is thrown where it is awaited, which may never come.
    keys.catch(() => undefined);
    ahead.set(key, keys);
  }
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The place of an item in the order of the walk, as opaque text. */
function formatCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString("base64url");
}

function parseCursor(cursor: string): readonly string[] {
  let keys: unknown;
  try {
    keys = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    keys = undefined;
  }
  if (Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === "string"))
    return keys;
  throw new InvalidRefError("The cursor of the listing is not one of this provider.", {
    reason: "invalid-cursor",
    advice: "Pass nextCursor of an earlier page as it is, or leave it out.",
  });
}
