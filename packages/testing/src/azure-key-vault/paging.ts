import { keyVaultLimits } from "./limits.js";
import { badParameter } from "./protocol.js";

/**
 * One page of a listing. The token names the last key of the page before, so a listing goes on
 * correctly while names come and go.
 */
export function page<Item>(
  items: readonly Item[],
  options: {
    readonly keyOf: (item: Item) => string;
    readonly query: URLSearchParams;
    /** Absolute address of the listing, without a query. */
    readonly address: string;
  },
): { readonly value: readonly Item[]; readonly nextLink: string | null } {
  const { keyOf, query, address } = options;
  const size = pageSize(query.get("maxresults"));
  const after = parseToken(query.get("$skiptoken"));
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const value = rest.slice(0, size);
  const last = value.at(-1);
  if (last === undefined || rest.length <= size) return { value, nextLink: null };
  const token = Buffer.from(JSON.stringify({ NextMarker: keyOf(last) })).toString("base64url");
  const version = encodeURIComponent(query.get("api-version") ?? "");
  return {
    value,
    nextLink: `${address}?api-version=${version}&$skiptoken=${token}&maxresults=${size}`,
  };
}

function pageSize(text: string | null): number {
  if (text === null) return keyVaultLimits.maxPageSize;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= keyVaultLimits.maxPageSize) return size;
  throw badParameter("maxresults has to be between 1 and 25.");
}

function parseToken(text: string | null): string | undefined {
  if (text === null) return undefined;
  try {
    const { NextMarker } = JSON.parse(Buffer.from(text, "base64url").toString()) as {
      NextMarker?: unknown;
    };
    if (typeof NextMarker === "string") return NextMarker;
  } catch {
    // Falls through: whatever it is, this server has not made it.
  }
  throw badParameter("The $skiptoken is not valid.");
}
