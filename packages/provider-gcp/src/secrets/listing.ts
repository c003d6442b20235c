import {
  InvalidValueError,
  type ListItem,
  type ListPage,
  type ProviderListOptions,
  type SecretPath,
} from "@kinko/core";
import { lastPart, type SecretsContext } from "./context.js";

/** Where a listing goes on. */
interface Position {
  readonly pageToken: string;
  /** Folders that earlier pages have shown; the order is that of creation, so they may come again. */
  readonly folders: readonly string[];
}

/**
 * Pages of names, each from one page of Secret Manager, newest first. The service filters by a part
 * of the name; what remains that is not beneath the prefix is left out here, as are names that the
 * codec cannot decode, which belong to others.
 */
export async function* listNames(
  { service, settings }: SecretsContext,
  options: ProviderListOptions,
): AsyncGenerator<ListPage> {
  const { prefix, recursive, pageSize, signal } = options;
  const { parent, names } = settings;
  const start = options.cursor === undefined ? undefined : parseCursor(options.cursor);
  const nativePrefix = names.prefix(prefix);
  if (nativePrefix === undefined) {
    yield { items: [] };
    return;
  }
  const filter = nativePrefix === "" ? "" : `name:"${nativePrefix}"`;
  const folders = new Set(start?.folders);
  let pageToken = start?.pageToken ?? "";
  do {
    const answer = await service.call(
      "listSecrets",
      { parent, filter, pageSize, pageToken },
      signal,
    );
    const items = (answer.secrets ?? []).flatMap(({ name }) =>
      toItems(names.decode(lastPart(name)), prefix, recursive ? undefined : folders),
    );
    pageToken = answer.nextPageToken ?? "";
    yield pageToken === ""
      ? { items }
      : { items, nextCursor: formatCursor({ pageToken, folders: [...folders] }) };
  } while (pageToken !== "");
}

function toItems(
  path: SecretPath | undefined,
  prefix: SecretPath,
  shownFolders: Set<string> | undefined,
): ListItem[] {
  if (path === undefined || path.length <= prefix.length) return [];
  if (!prefix.every((segment, index) => segment === path[index])) return [];
  if (shownFolders === undefined || path.length === prefix.length + 1) {
    return [{ path, type: "secret" }];
  }
  const folder = path.slice(0, prefix.length + 1);
  const name = folder.at(-1) ?? "";
  if (shownFolders.has(name)) return [];
  shownFolders.add(name);
  return [{ path: folder, type: "folder" }];
}

function formatCursor({ pageToken, folders }: Position): string {
  return Buffer.from(JSON.stringify([pageToken, folders])).toString("base64url");
}

/** @throws InvalidValueError for what {@link formatCursor} has not made */
function parseCursor(cursor: string): Position {
  try {
    const parsed = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown;
    const [pageToken, folders] = parsed as readonly unknown[];
    if (
      typeof pageToken === "string" &&
      pageToken !== "" &&
      Array.isArray(folders) &&
      folders.every((name) => typeof name === "string")
    ) {
      return { pageToken, folders };
    }
  } catch {
    // Falls through: whatever it is, no listing of this provider has made it.
  }
  throw new InvalidValueError("The cursor is not one of a listing of Secret Manager.", {
    reason: "invalid-cursor",
    advice: "Pass the nextCursor of an earlier page of the same listing, or none.",
  });
}
