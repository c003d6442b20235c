import { invalidArgument } from "./failure.js";
import { secretManagerLimits } from "./limits.js";
import { asText, type Message } from "./model.js";

/** What the server decides when a request leaves the size of a page to it. */
const defaultPageSize = 100;

/** One page of what is newest first, and the token of the next. */
export function page<Item>(
  items: readonly Item[],
  request: Message,
  order: (item: Item) => number,
): { readonly items: readonly Item[]; readonly nextPageToken: string } {
  const asked = Number(request["pageSize"] ?? 0);
  if (!Number.isInteger(asked) || asked < 0)
    throw invalidArgument("page_size must not be negative.");
  const size = Math.min(asked === 0 ? defaultPageSize : asked, secretManagerLimits.maxPageSize);
  const token = asText(request["pageToken"]);
  // A token holds the place in the order, so that what is created meanwhile repeats nothing.
  const after =
    token === "" ? Number.POSITIVE_INFINITY : parseToken(token, asText(request["filter"]));
  const rest = items.filter((item) => order(item) < after);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const isLastPage = last === undefined || rest.length <= size;
  return {
    items: shown,
    nextPageToken: isLastPage ? "" : formatToken(order(last), asText(request["filter"])),
  };
}

function formatToken(place: number, filter: string): string {
  return Buffer.from(JSON.stringify([place, filter])).toString("base64url");
}

function parseToken(token: string, filter: string): number {
  try {
    const [place, ofFilter] = JSON.parse(Buffer.from(token, "base64url").toString()) as unknown[];
    if (typeof place === "number" && ofFilter === filter) return place;
  } catch {
    // Not one of this server's: refused below.
  }
  throw invalidArgument("The page token is not valid for this request.");
}
