import {
  InvalidRefError,
  type ListItem,
  type ListPage,
  type ProviderListOptions,
} from "@kinko/core";
import type { AwsClient } from "../client/aws-client.js";
import { maxNameLength, type NameCodec } from "../names.js";

/** Secrets in one answer; see the reference of ListSecrets. */
const maxPageSize = 100;

/**
 * Pages of names beneath a prefix, one for each answer of AWS. AWS knows no folders: they are derived,
 * so a listing of one level still goes through everything beneath.
 */
export async function* listSecrets(
  { client, names }: { readonly client: AwsClient; readonly names: NameCodec },
  options: ProviderListOptions,
): AsyncGenerator<ListPage> {
  const { prefix, recursive, pageSize, signal } = options;
  const beneath = names.beneath(prefix);
  if (beneath.length >= maxNameLength) {
    yield { items: [] };
    return;
  }
  let { token, folder } = parseCursor(options.cursor);
  const folders = new Set(folder === undefined ? [] : [folder]);
  do {
    const cursor = token === undefined ? {} : { NextToken: token };
    const answer = await client.call(signal, (sdk, request) =>
      sdk.listSecrets(
        {
          IncludePlannedDeletion: true,
          MaxResults: Math.min(pageSize, maxPageSize),
          // Secrets of one folder then come together, and a cursor needs to know the last one alone.
          SortBy: "name",
          SortOrder: "asc",
          ...nameFilter(beneath),
          ...cursor,
        },
        request,
      ),
    );
    const items: ListItem[] = [];
    for (const { Name: name = "", DeletedDate } of answer.SecretList ?? []) {
      // The filter of AWS is asked for, and not relied on.
      const path = name.startsWith(beneath) ? names.decode(name) : undefined;
      if (path === undefined) continue;
      const child = path[prefix.length];
      if (recursive || path.length === prefix.length + 1) {
        const deletion = DeletedDate === undefined ? {} : { deleted: true };
        items.push({ path, type: "secret", ...deletion });
      } else if (child !== undefined && !folders.has(child)) {
        folders.add(child);
        folder = child;
        items.push({ path: [...prefix, child], type: "folder" });
      }
    }
    token = answer.NextToken === "" ? undefined : answer.NextToken;
    yield token === undefined ? { items } : { items, nextCursor: formatCursor(token, folder) };
  } while (token !== undefined);
}

/** In a filter, a leading exclamation mark means "not"; such a prefix is looked for here alone. */
function nameFilter(
  beneath: string,
): { Filters: { Key: "name"; Values: string[] }[] } | Record<string, never> {
  if (beneath === "" || beneath.startsWith("!")) return {};
  return { Filters: [{ Key: "name", Values: [beneath] }] };
}

interface Cursor {
  /** AWS's own. */
  readonly token: string | undefined;
  /** The folder that was shown last. */
  readonly folder: string | undefined;
}

function formatCursor(token: string, folder: string | undefined): string {
  const parts = folder === undefined ? [token] : [token, folder];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

function parseCursor(cursor: string | undefined): Cursor {
  if (cursor === undefined) return { token: undefined, folder: undefined };
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parts) && parts.every((part) => typeof part === "string")) {
      const [token, folder] = parts;
      if (token !== undefined) return { token, folder };
    }
  } catch {
    // Refused below, like anything else that is not a cursor of this provider.
  }
  throw new InvalidRefError("The cursor of the listing is not one of this provider.", {
    reason: "bad-cursor",
    advice: "Pass a nextCursor as it was received, or list from the beginning.",
  });
}
