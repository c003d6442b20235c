import { formatPath, openStore } from "@kinko/core";
import { bundledProvider } from "../bundled-provider.js";
import type { CliIo } from "../io.js";

/** How long a person waits for a tabulator. */
const maxWaitMs = 1_500;
const maxNames = 1_000;

/** Names one level beneath what is typed: secrets, and folders with a slash at the end. */
export async function storeNames(
  kind: "secret" | "folder",
  current: string,
  before: readonly string[],
  io: CliIo,
): Promise<string[]> {
  // Fields are inside values, and versions are not names.
  if (/[#@]/u.test(current)) return [];
  const store = await openStore({
    config: valueOf(before, ["--config", "-c"]),
    store: valueOf(before, ["--store"]),
    cwd: io.cwd,
    env: io.env,
    importProvider: io.importProvider ?? bundledProvider,
    clock: io.clock,
    resilience: false,
  });
  const signal = AbortSignal.timeout(maxWaitMs);
  const names: string[] = [];
  try {
    const prefix = current.slice(0, current.lastIndexOf("/") + 1);
    for await (const item of store.list({
      prefix,
      recursive: false,
      signal,
      timeoutMs: maxWaitMs,
    })) {
      if (item.type === "folder") names.push(`${formatPath(item.path)}/`);
      else if (kind === "secret" && item.deleted !== true) names.push(formatPath(item.path));
      if (names.length >= maxNames) break;
    }
  } finally {
    await store.close();
  }
  return names.sort();
}

function valueOf(words: readonly string[], options: readonly string[]): string | undefined {
  const index = words.findLastIndex((word) => options.includes(word));
  return index === -1 ? undefined : words[index + 1];
}
