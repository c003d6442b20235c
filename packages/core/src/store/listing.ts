import { parsePrefix } from "../refs/parse-ref.js";
import { formatPath } from "../refs/format-ref.js";
import type { ListItem, ListPage, ProviderListOptions } from "../provider.js";
import type { CallRunner } from "./call.js";
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
  const prefix = parsePrefix(options.prefix);
  const call = {
    operation: "list",
    ref: prefix.length === 0 ? undefined : `${formatPath(prefix)}/`,
    signal: options.signal,
    timeoutMs: options.timeoutMs,
  };

  async function* pages(): AsyncGenerator<ListPage> {
    const controller = new AbortController();
    const iterator = list({
      prefix,
      recursive: options.recursive ?? true,
      pageSize: options.pageSize ?? defaultPageSize,
      cursor: options.cursor,
      signal: controller.signal,
    })[Symbol.asyncIterator]();
    try {
      while (true) {
        const next = await calls.run(call, (signal) => {
          // The driver got its signal when the listing began; each page's own deadline ends it.
          signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
          return iterator.next();
        });
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      controller.abort();
      // Not awaited: a driver that hangs in its page would hold the caller that just left.
      void Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }

  async function* items(): AsyncGenerator<ListItem> {
    for await (const page of pages()) yield* page.items;
  }

  return { pages, [Symbol.asyncIterator]: items };
}
