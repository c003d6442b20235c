import { InvalidValueError } from "../errors/classes.js";
import { parsePrefix } from "../refs/parse-ref.js";
import { formatPath } from "../refs/format-ref.js";
import type { ListItem, ListPage, ProviderListOptions } from "../provider.js";
import type { SecretPath } from "../refs/ref.js";
import type { CallRunner } from "./call.js";
import { endIterator } from "./merge-iterables.js";
import type { Listing, ListOptions } from "./secret-store.js";

/** Default of `pageSize`. */
const defaultPageSize = 500;

/**
 * A listing of a driver, with deadline, abort and error wrapping for each page. The prefix is
 * checked at once, so that a wrong one fails where it was written.
 */
export function createListing(
  options: ListOptions,
  calls: CallRunner,
  list: (options: ProviderListOptions) => AsyncIterable<ListPage>,
): Listing {
  const prefix = parse(options, calls);
  const pageSize = options.pageSize ?? defaultPageSize;
  const call = {
    operation: "list",
    ref: prefix.length === 0 ? undefined : `${formatPath(prefix)}/`,
    signal: options.signal,
    timeoutMs: options.timeoutMs,
  };
  if (!Number.isInteger(pageSize) || pageSize < 1) {
    const error = new InvalidValueError("pageSize is not a whole number of at least 1.", {
      reason: "invalid-page-size",
      advice: "Leave it out, or pass a number such as 500.",
    });
    throw calls.wrap(error, call);
  }

  async function* pages(): AsyncGenerator<ListPage> {
    const controller = new AbortController();
    let iterator: AsyncIterator<ListPage> | undefined;
    let cursor = options.cursor;
    let isResumable = true;
    // What iterates is over after a failure, and would then look like the end of the listing. So
    // another attempt begins anew behind the last page, where the driver says where that is.
    const page = { ...call, mayRetry: () => isResumable };
    try {
      while (true) {
        const next = await calls.run(page, async ({ signal }) => {
          // The driver got its signal when the listing began; each page's own deadline ends it.
          signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
          // Here and not before: a closed store does not call its driver, and what the driver
          // throws is wrapped like everything else.
          iterator ??= list({
            prefix,
            recursive: options.recursive ?? true,
            pageSize,
            cursor,
            signal: controller.signal,
          })[Symbol.asyncIterator]();
          try {
            return await iterator.next();
          } catch (error) {
            iterator = undefined;
            throw error;
          }
        });
        if (next.done === true) return;
        cursor = next.value.nextCursor;
        isResumable = cursor !== undefined;
        yield next.value;
      }
    } finally {
      controller.abort();
      if (iterator !== undefined) endIterator(iterator);
    }
  }

  async function* items(): AsyncGenerator<ListItem> {
    for await (const page of pages()) yield* page.items;
  }

  return { pages, [Symbol.asyncIterator]: items };
}

function parse(options: ListOptions, calls: CallRunner): SecretPath {
  try {
    return parsePrefix(options.prefix);
  } catch (error) {
    throw calls.wrap(error, { operation: "list" });
  }
}
