import { fstatSync, writeSync } from "node:fs";
import { Writable } from "node:stream";

/**
 * Standard output. `process.stdout` loads Node's network and terminal modules before the first byte;
 * a file or a pipe needs neither, and a script that reads one secret waits for it. Like
 * `process.stdout` there, each write is finished when it returns.
 *
 * @param fd 1, unless a test asks
 */
export function standardOutput(fd = 1): Writable {
  return isFileOrPipe(fd) ? directOutput(fd, () => process.stdout) : process.stdout;
}

/**
 * Writes without a queue.
 *
 * @param fallback takes what a pipe that someone made non-blocking has no room for
 */
export function directOutput(fd: number, fallback: () => Writable): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      let written = 0;
      try {
        while (written < chunk.byteLength) written += writeSync(fd, chunk, written);
        done();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") {
          fallback().write(chunk.subarray(written), done);
        } else {
          done(error as Error);
        }
      }
    },
  });
}

function isFileOrPipe(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFile() || stats.isFIFO() || stats.isSocket();
  } catch {
    // A closed descriptor: process.stdout knows what to do.
    return false;
  }
}
