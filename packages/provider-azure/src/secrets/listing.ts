import {
  InvalidValueError,
  type ListItem,
  type ListPage,
  type ProviderListOptions,
  type SecretPath,
} from "@kinko/core";
import { readPage } from "../client/pages.js";
import type { NameCodec } from "../names.js";
import type { VaultClient } from "./vault-client.js";

/**
 * Pages of Key Vault that are read for one page of the listing at most: in a large vault with
 * nothing beneath the prefix, each step still ends within its deadline.
 */
const maxNativePages = 20;

/** Where a listing goes on: in which page of Key Vault, and behind which of its names. */
interface Position {
  /** Path and query of the page; empty for the first. */
  readonly link: string;
  readonly after: string;
}

interface NativeNames {
  readonly link: string;
  readonly names: readonly string[];
}

/**
 * Pages of names. Key Vault knows no prefixes, so all names of the vault pass by, 25 at a time.
 * Names that the codec cannot decode belong to others and are left out.
 */
export async function* listNames(
  client: VaultClient,
  names: NameCodec,
  options: ProviderListOptions,
): AsyncGenerator<ListPage> {
  const { prefix, recursive, pageSize, signal } = options;
  // Refuses names that cannot exist, before any request.
  if (prefix.length > 0) names.encode(prefix);
  const start = options.cursor === undefined ? undefined : parseCursor(options.cursor);
  const folders = new Set<string>();
  const show = (name: string): ListItem | undefined =>
    toItem(names.decode(name), prefix, recursive ? undefined : folders);

  if (start !== undefined && !recursive) {
    // Folders that earlier pages have shown must not be shown again.
    for await (const { name } of walk(client, undefined, signal, start)) show(name);
  }

  let items: ListItem[] = [];
  let last: Position | undefined = start;
  let nativePages = 0;
  for await (const { name, link, isFirst } of walk(client, start, signal)) {
    if (isFirst) nativePages += 1;
    const item = show(name);
    const isFull = items.length === pageSize && item !== undefined;
    if ((isFull || nativePages > maxNativePages) && last !== undefined) {
      yield { items, nextCursor: formatCursor(last) };
      items = [];
      nativePages = 1;
    }
    if (item !== undefined) items.push(item);
    last = { link, after: name };
  }
  yield { items };
}

/** Native names behind `start`; with `end`, only those up to and with the one that it names. */
async function* walk(
  client: VaultClient,
  start: Position | undefined,
  signal: AbortSignal,
  end?: Position,
): AsyncGenerator<{ readonly name: string; readonly link: string; readonly isFirst: boolean }> {
  for await (const { link, names } of pages(client, start?.link ?? "", signal)) {
    // A name that is gone meanwhile is not found: rather show some twice than leave some out.
    const skip = start?.link === link ? names.indexOf(start.after) + 1 : 0;
    for (const [index, name] of names.slice(skip).entries()) {
      yield { name, link, isFirst: index === 0 };
      if (end?.link === link && end.after === name) return;
    }
    if (end?.link === link) return;
  }
}

async function* pages(
  client: VaultClient,
  firstLink: string,
  signal: AbortSignal,
): AsyncGenerator<NativeNames> {
  let link = firstLink;
  do {
    const { properties, nextLink } = await readPage(
      await client.sdk(),
      (sdk, options) => sdk.listPropertiesOfSecrets(options),
      { link, signal },
    );
    yield { link, names: properties.map(({ name }) => name) };
    link = nextLink;
  } while (link !== "");
}

function toItem(
  path: SecretPath | undefined,
  prefix: SecretPath,
  shownFolders: Set<string> | undefined,
): ListItem | undefined {
  if (path === undefined || path.length <= prefix.length) return undefined;
  if (!prefix.every((segment, index) => segment === path[index])) return undefined;
  if (shownFolders === undefined || path.length === prefix.length + 1) {
    return { path, type: "secret" };
  }
  const folder = path.slice(0, prefix.length + 1);
  const name = folder.at(-1) ?? "";
  if (shownFolders.has(name)) return undefined;
  shownFolders.add(name);
  return { path: folder, type: "folder" };
}

function formatCursor({ link, after }: Position): string {
  return Buffer.from(JSON.stringify([link, after])).toString("base64url");
}

/** @throws InvalidValueError for what {@link formatCursor} has not made */
function parseCursor(cursor: string): Position {
  try {
    const parsed = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown;
    const [link, after] = parsed as readonly unknown[];
    if (
      typeof link === "string" &&
      typeof after === "string" &&
      /^(?:\/secrets\/?\?[\u0021-\u007e]{1,4000})?$/u.test(link)
    ) {
      return { link, after };
    }
  } catch {
    // Falls through: whatever it is, no listing of this provider has made it.
  }
  throw new InvalidValueError("The cursor is not one of a listing of Key Vault.", {
    reason: "invalid-cursor",
    advice: "Pass the nextCursor of an earlier page of the same listing, or none.",
  });
}
