import { Readable } from "node:stream";
import { Secret, type EncryptionCapability } from "@kinko/core";
import { encryptStream } from "@kinko/core/envelope";
import { expect, test } from "vitest";
import type { CommandContext } from "../../src/command.js";
import type { ParsedInput } from "../../src/input/parse-arguments.js";
import { convertLarge } from "../../src/transit/large-file.js";

const plaintext = "what the envelope holds";
const dataKey = (): Secret => Secret.binary(Buffer.alloc(32, 7));
const encryption = {
  dataKey: () => Promise.resolve({ wrapped: "wrapped", plaintext: dataKey() }),
  decrypt: () => Promise.resolve(dataKey()),
} as unknown as EncryptionCapability;
const input = { args: ["backups"], text: () => undefined } as unknown as ParsedInput;

/** Opens an envelope from stdin to a stdout that is the test's. */
async function open(data: (piece: Uint8Array) => Promise<void>): Promise<number> {
  const stdin = Readable.from(
    encryptStream([Buffer.from(plaintext)], { encryption, key: "backups" }),
  );
  const context = {
    io: { stdin, stderr: { isTTY: false } },
    globals: {},
    output: { data, isTerminal: false, note: () => undefined },
  } as unknown as CommandContext;
  return convertLarge(context, input, "decrypt", encryption);
}

test("what was opened to stdout is erased when stdout has it", async () => {
  const pieces: Uint8Array[] = [];
  let written = "";
  await open(async (piece) => {
    await Promise.resolve();
    written += Buffer.from(piece).toString("utf8");
    pieces.push(piece);
  });
  expect(written).toBe(plaintext);
  expect(Buffer.concat(pieces)).toEqual(Buffer.alloc(plaintext.length));
});

test("what was opened is erased when stdout does not take it", async () => {
  const pieces: Uint8Array[] = [];
  const opened = open((piece) => {
    pieces.push(piece);
    return Promise.reject(new Error("closed"));
  });
  await expect(opened).rejects.toThrow("closed");
  expect(Buffer.concat(pieces)).toEqual(Buffer.alloc(plaintext.length));
});
