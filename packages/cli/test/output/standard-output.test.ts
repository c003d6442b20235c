import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { directOutput, standardOutput } from "../../src/output/standard-output.js";

const folder = mkdtempSync(join(tmpdir(), "kinko-output-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(stream: Writable, content: string | Uint8Array): Promise<unknown> {
  stream.on("error", () => undefined);
  return new Promise((resolve) => stream.write(content, resolve));
}

describe("standard output", () => {
  it("writes text and bytes to a file, in order and before it says so", async () => {
    const path = join(folder, "file");
    const fd = openSync(path, "w");
    const stream = standardOutput(fd);
    expect(stream).not.toBe(process.stdout);
    await written(stream, "text é ");
    await written(stream, Uint8Array.of(0x21, 0x0a));
    expect(readFileSync(path, "utf8")).toBe("text é !\n");
    closeSync(fd);
  });

  it("is the process's own where the descriptor is neither a file nor a pipe", () => {
    const fd = openSync("/dev/null", "w");
    expect(standardOutput(fd)).toBe(process.stdout);
    closeSync(fd);
    expect(standardOutput(fd)).toBe(process.stdout);
  });

  it("reports a reader that went away", async () => {
    const { reader, writer } = openPipe("gone");
    closeSync(reader);
    const error = await written(
      directOutput(writer, () => process.stdout),
      "text",
    );
    expect(error).toMatchObject({ code: "EPIPE" });
    closeSync(writer);
  });

  it("hands on what a full pipe that does not block has no room for, and loses no byte", async () => {
    const { reader, writer } = openPipe("full");
    const handedOn: Buffer[] = [];
    const fallback = new Writable({
      write(chunk: Buffer, _encoding, done) {
        handedOn.push(chunk);
        done();
      },
    });
    const content = Buffer.alloc(1_000_000, "0123456789");
    await written(
      directOutput(writer, () => fallback),
      content,
    );
    closeSync(writer);
    const inPipe = Buffer.alloc(content.byteLength);
    const length = readSync(reader, inPipe);
    closeSync(reader);
    expect(length).toBeGreaterThan(0);
    expect(handedOn.length).toBeGreaterThan(0);
    expect(Buffer.concat([inPipe.subarray(0, length), ...handedOn]).equals(content)).toBe(true);
  });
});

/** A pipe of the kernel whose both ends are here; neither blocks. */
function openPipe(name: string): { readonly reader: number; readonly writer: number } {
  const path = join(folder, name);
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  return { reader, writer };
}
