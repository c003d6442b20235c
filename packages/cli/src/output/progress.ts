import type { CommandContext } from "../command.js";
import { writeQuietly } from "./output.js";

/** How far something is, shown on one line of a terminal. */
export interface ProgressBar {
  /** @param total undefined when it is not known */
  show(done: number, total: number | undefined): void;
  /** Takes the line away. */
  end(): void;
}

const width = 30;
/** Often enough for eyes, seldom enough to cost nothing. */
const intervalMs = 100;

/**
 * A bar on stderr where that is a terminal and nobody asked for quiet; elsewhere it is silent.
 *
 * @param format what is said of a number, such as `12 MiB`
 */
export function progressBar(
  { io, globals }: Pick<CommandContext, "io" | "globals">,
  format: (done: number) => string,
): ProgressBar {
  if (io.stderr.isTTY !== true || globals.quiet || globals.json) {
    return { show: () => undefined, end: () => undefined };
  }
  let shownMs = Number.NEGATIVE_INFINITY;
  let length = 0;
  const write = (line: string): void => {
    writeQuietly(io.stderr, `\r${line.padEnd(length)}`);
    length = line.length;
  };
  return {
    show(done, total) {
      const now = io.clock.monotonicMs();
      if (now - shownMs < intervalMs && done !== total) return;
      shownMs = now;
      write(`${total === undefined ? "" : `${bar(done, total)} `}${format(done)}`);
    },
    end() {
      if (length === 0) return;
      write("");
      writeQuietly(io.stderr, "\r");
      length = 0;
    },
  };
}

function bar(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * width);
  return `[${"#".repeat(full)}${".".repeat(width - full)}] ${Math.floor(share * 100)} %`;
}

/** Bytes for people. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const mib = bytes / 1024 / 1024;
  return mib < 1 ? `${(bytes / 1024).toFixed(1)} KiB` : `${mib.toFixed(1)} MiB`;
}
