import type { CliIo } from "../io.js";

export function complete(_words: readonly string[], _io: CliIo): Promise<number> {
  return Promise.resolve(0);
}
