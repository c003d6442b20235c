import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";

/** What a directory holds, as far as a scan cares; links and devices are neither and left alone. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "neither";
}

/** The reading that a scan does. Injected, so that tests need no disk. */
export interface ScanFileSystem {
  /** Lists a directory. Rejects when it cannot be read. */
  readonly readDirectory: (path: string) => Promise<readonly DirectoryEntry[]>;
  /** Reads at most `maxBytes` of a regular file as UTF-8. Rejects when it cannot be read. */
  readonly readText: (path: string, maxBytes: number) => Promise<string>;
}

/** Reads the real disk and never follows a link. */
export const nodeFileSystem: ScanFileSystem = {
  async readDirectory(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      kind: entry.isFile() ? "file" : entry.isDirectory() ? "directory" : "neither",
    }));
  },
  async readText(path, maxBytes) {
    // Without blocking, because a file may have become a pipe since it was listed; without
    // following, because it may have become a link.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const file = await open(path, flags);
    try {
      const details = await file.stat();
      if (!details.isFile()) return "";
      const buffer = Buffer.alloc(Math.min(maxBytes, details.size));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      const text = buffer.toString("utf8", 0, filled);
      buffer.fill(0);
      return text;
    } finally {
      await file.close();
    }
  },
};
