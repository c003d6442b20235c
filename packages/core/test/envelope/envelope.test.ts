import { randomBytes } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { isSecretError } from "@kinko/core";
import {
  decryptStream,
  decryptTransform,
  encryptStream,
  encryptTransform,
} from "@kinko/core/envelope";
import { createCanary, expectClean } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, collectUntilFailure, fakeEncryption, split } from "./support.js";

const key = "backups";
const chunkBytes = 1_024;
const sealedChunk = chunkBytes + 16;

/** Makes an envelope, and opens it from here on. */
async function seal(
  plaintext: Buffer,
  options: { readonly associatedData?: Uint8Array; readonly context?: Uint8Array } = {},
) {
  const encryption = fakeEncryption();
  const envelope = await collect(
    encryptStream([plaintext], { encryption, key, chunkBytes, ...options }),
  );
  const chunks = Math.max(1, Math.ceil(plaintext.byteLength / chunkBytes));
  const headerBytes = envelope.byteLength - plaintext.byteLength - 16 * chunks;
  const open = (bytes: Uint8Array, more: object = {}) =>
    collectUntilFailure(decryptStream([bytes], { encryption, ...options, ...more }));
  return { encryption, envelope, headerBytes, open };
}

describe("an envelope", () => {
  test("gives back what went in, in whatever pieces both came", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(0, 1, 1_023, 1_024, 1_025, 2_048, 5_120), fc.nat({ max: 6_000 })),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (size, places, otherPlaces) => {
          const plaintext = randomBytes(size);
          const encryption = fakeEncryption();
          const envelope = await collect(
            encryptStream(split(plaintext, places), { encryption, key, chunkBytes }),
          );
          const opened = await collect(
            decryptStream(split(envelope, otherPlaces), { encryption, key }),
          );
          expect(opened.equals(plaintext)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is another one each time, and shows nothing but the length", async () => {
    const canary = createCanary();
    const encryption = fakeEncryption();
    const options = { encryption, key };
    const first = await collect(encryptStream([Buffer.from(canary.value)], options));
    const second = await collect(encryptStream([Buffer.from(canary.value)], options));
    expect(first.equals(second)).toBe(false);
    expectClean(first, canary);
  });

  test("leaves the source's bytes alone, and erases the data key", async () => {
    const plaintext = randomBytes(3_000);
    const copy = Buffer.from(plaintext);
    const { encryption, open, envelope } = await seal(plaintext);
    expect(plaintext.equals(copy)).toBe(true);
    await open(envelope);
    expect(encryption.made).toHaveLength(2);
    for (const dataKey of encryption.made) expect(() => dataKey.bytes()).toThrow("disposed");
  });

  test("that cannot be begun erases the data key all the same", async () => {
    const encryption = fakeEncryption();
    const begun = collect(
      encryptStream([Buffer.from("x")], { encryption, key: "k".repeat(70_000) }),
    );
    await expect(begun).rejects.toMatchObject({ reason: "header-too-long" });
    expect(encryption.made).toHaveLength(1);
    for (const dataKey of encryption.made) expect(() => dataKey.bytes()).toThrow("disposed");
  });

  test("goes through Node's streams", async () => {
    const plaintext = randomBytes(100_000);
    const encryption = fakeEncryption();
    const received: Buffer[] = [];
    await pipeline(
      Readable.from(split(plaintext, [1, 2, 5_000, 70_000])),
      encryptTransform({ encryption, key, chunkBytes }),
      decryptTransform({ encryption }),
      async (opened: AsyncIterable<Buffer>) => void received.push(await collect(opened)),
    );
    expect(Buffer.concat(received).equals(plaintext)).toBe(true);
  });

  test("of version 1 opens for ever", async () => {
    const encryption = fakeEncryption(Buffer.alloc(32, 7));
    const opened = await collect(
      decryptStream([Buffer.from(versionOne, "base64")], {
        encryption,
        associatedData: Buffer.from("guide.txt"),
      }),
    );
    expect(opened.toString()).toBe("The format does not change under a version.\n".repeat(30));
  });
});

describe("what was changed is not opened", () => {
  const size = 4_500;

  /** Asserts that nothing but a beginning of the plaintext ever came, and that it failed. */
  async function expectRefused(
    plaintext: Buffer,
    opened: { readonly bytes: Buffer; readonly error: unknown },
  ): Promise<void> {
    expect(isSecretError(opened.error)).toBe(true);
    expect(opened.bytes.equals(plaintext.subarray(0, opened.bytes.byteLength))).toBe(true);
  }

  test("a bit that was flipped, wherever it is", async () => {
    const plaintext = randomBytes(size);
    const { envelope, open } = await seal(plaintext);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: envelope.byteLength - 1 }),
        fc.nat({ max: 7 }),
        async (at, bit) => {
          const changed = Buffer.from(envelope);
          changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
          await expectRefused(plaintext, await open(changed));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("every byte of the header", async () => {
    const { envelope, headerBytes, open } = await seal(randomBytes(10));
    for (let at = 0; at < headerBytes; at += 1) {
      const changed = Buffer.from(envelope);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(isSecretError((await open(changed)).error), `byte ${at}`).toBe(true);
    }
  });

  test("chunks that were dropped, doubled, or put in another order", async () => {
    const plaintext = randomBytes(size);
    const { envelope, headerBytes, open } = await seal(plaintext);
    const header = envelope.subarray(0, headerBytes);
    const chunks: Buffer[] = [];
    for (let at = headerBytes; at < envelope.byteLength; at += sealedChunk) {
      chunks.push(envelope.subarray(at, at + sealedChunk));
    }
    expect(chunks).toHaveLength(5);
    const order = fc.array(fc.nat({ max: 4 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(order, async (indexes) => {
        fc.pre(indexes.join() !== "0,1,2,3,4");
        const rearranged = indexes.map((index) => chunks[index] ?? Buffer.alloc(0));
        await expectRefused(plaintext, await open(Buffer.concat([header, ...rearranged])));
      }),
      { numRuns: 300 },
    );
  });

  test("one that was cut, at every byte", async () => {
    const plaintext = randomBytes(2_048);
    const { envelope, open } = await seal(plaintext);
    for (let length = 0; length < envelope.byteLength; length += 1) {
      await expectRefused(plaintext, await open(envelope.subarray(0, length)));
    }
  });

  test("one that something was added to", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 5, 1_024, 1_500, 2_048),
        fc.uint8Array({ minLength: 1, maxLength: 3_000 }),
        async (length, added) => {
          const plaintext = randomBytes(length);
          const { envelope, open } = await seal(plaintext);
          await expectRefused(plaintext, await open(Buffer.concat([envelope, added])));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("chunks of another envelope of the same key", async () => {
    const plaintext = randomBytes(2_048);
    const encryption = fakeEncryption(randomBytes(32));
    const options = { encryption, key, chunkBytes };
    const first = await collect(encryptStream([plaintext], options));
    const second = await collect(encryptStream([plaintext], options));
    const mixed = Buffer.concat([first.subarray(0, -sealedChunk), second.subarray(-sealedChunk)]);
    const opened = await collectUntilFailure(decryptStream([mixed], { encryption }));
    expect(opened.error).toMatchObject({ code: "Corrupt", reason: "chunk-not-authentic" });
  });

  test.each([
    [
      "cut at the end of a chunk",
      "envelope-truncated",
      (all: Buffer) => all.subarray(0, -sealedChunk),
    ],
    ["cut within its header", "envelope-truncated", (all: Buffer) => all.subarray(0, 30)],
    [
      "continued by a chunk",
      "envelope-continues",
      (all: Buffer) => Buffer.concat([all, all.subarray(-sealedChunk)]),
    ],
    [
      "something else",
      "not-an-envelope",
      () => Buffer.from("plain text that is long enough for a header"),
    ],
    ["empty", "not-an-envelope", () => Buffer.alloc(0)],
  ])("says of one that is %s: %s", async (_title, reason, change) => {
    const { envelope, open } = await seal(randomBytes(2_048));
    expect((await open(change(envelope))).error).toMatchObject({ reason });
  });

  test("other associated data or another context, and a key that was not required", async () => {
    const bound = { associatedData: Buffer.from("a"), context: Buffer.from("c") };
    const { envelope, open } = await seal(randomBytes(10), bound);
    expect((await open(envelope)).error).toBeUndefined();
    expect((await open(envelope, { associatedData: Buffer.from("b") })).error).toMatchObject({
      code: "Corrupt",
      reason: "header-not-authentic",
    });
    expect((await open(envelope, { context: Buffer.from("d") })).error).toMatchObject({
      code: "Corrupt",
    });
    expect((await open(envelope, { key: "other" })).error).toMatchObject({
      code: "InvalidValue",
      field: "key",
    });
  });
});

test.each([0, 1_023, 1.5, 16 * 1024 * 1024 + 1, Number.NaN])(
  "chunks of %d bytes are refused before a data key is made",
  async (bytes) => {
    const encryption = fakeEncryption();
    const made = collect(encryptStream([], { encryption, key, chunkBytes: bytes }));
    await expect(made).rejects.toMatchObject({ field: "chunkBytes" });
    expect(encryption.made).toEqual([]);
  },
);

test("an abort ends it between two chunks", async () => {
  const controller = new AbortController();
  const pieces = encryptStream([randomBytes(10_000)], {
    encryption: fakeEncryption(),
    key,
    chunkBytes,
    signal: controller.signal,
  });
  await pieces.next();
  await pieces.next();
  controller.abort();
  await expect(pieces.next()).rejects.toMatchObject({ code: "Aborted" });
});

const versionOne =
  "S0lOS09FTlYBAQAABABLwly/c2uiAAcARWJhY2t1cHNmYWtlOjM0MmUxZWQyZTNjNDg0ZDZkYWQyZTZmZjhhZjg1ODUyNTdjMjQ1ZGRjNjI0ZGFkMzNkOGYwZjdhYmZkZDZkYTFezD098h50YdXWA7PRu+O6i5DsNnHifkf7kto8RVvsfPeVx1zrJiWiIcHcYeElsdsNmxq9E7UUIHfmr7i7Wt0ixZ/E+ZWb3FadFxz1elHMBESs3NpjEaUswgXZpKLc5w0ug9qQQXbYdWQk/yxveJzFRlwXI752CEkVAgWkmVtlC6VGt0dTVJ6m6/p/lzb3Bn6EeVOdUkoyt/8y/qAxm6/Tbu9p/gETqut2Ti26vBNxkkxpQxOQTdVJxJSXqJSXpmmxsBgfeNyU5hFKnpMHjEknvE4rN0WAeIpCw2W0K89oxfpo+0grueeVOSkokHPZf2dJFECFbjQQnbEOs4klgIgKxfM7ub9XQtf5L9ccEN8sRlXO8242NVN/yIfKHKDPxq3ivU4pZUs1S251aMNKJnWmR4zRGfmBdsC3U3dgyNqDvWhPrCjoG3EerOTepcAzDrG9vQd7jctYIFqDeByUUO3ELLXslRg/79IccBF0bxQZUv2vIq3k8cYXowFxXRb/s9NLQKs67QYa3+13BtBB/HvnHy6wX1BeK3BP2+LQGSNJAJ0G/g8XgI84o4TvYoENGBHeKYVn5xf5O/jwxJlWddO/53nIHybWq/Ij8wgRpmMIzCnOmz3CQEeTWXWraXBhZMVwoYcy1fGDmaMPsOwVpYACXsI/WeM8qd2yE2rsuwqnD5wvcEcjZCF7ZCvPd+v9pnJZGtQXtZAPp9jVo+2AVnXID2XAxmGI7ePxUQrY11prRiKknvE6czS/HuLP9faVAwQwIDwxqfAvmyoRrj1VEdDZ78nRbmZRNcMJQSYW6zVhwjGJ3N0XfcrQDRtTiT/s8rbD2bOW97ppTdvT5dTSArjdwGBfD1uA9n+XknrctEDBKcJxYB1wi8nzxQiQJmlsFTRi0t9hG3sI4O/yYly8bnNQvjIQMCUvqpkU/eN3pVKjDAs75qlKZT2JAO8ihiFYx3JnObE5M4inV3pccRqCEP6/K1QitMRZJ/Fh09dpFmwOhHNGo61hE+X/2esqGsK5/bPz0tfTZHc1SqIKqvpsfPuCzySTVnuyFXbXOFtgwORoPqCen1iQRk4lI5MnUIerKPxfpU70mw27hy2LGwMiS5FYixtlOEVmcKJ34W+MguBfET9xHFz7zjj1ZG5nZesYOWvaRYOi71Vfc+UkXb79+7jBsE/Sj5apL+QEI/02yzREJJ9vllMZLYeAULA24RdY+sgbst1OdUbAWlCHcsU9KPskYTjVVHaM8R+ZHXfj+dT55xlfS/KS6e9TVEtDyDeyqXBM7UY3b0NvjWqsoZgtVOeaFu/t2hHEPBs3025tJzNCvBpVCIjdGZPYjyZGlZIYvPDbvMpq3homcUIXPaXhbV3omK1zS+O5p8Y8SlwJTJxO1E+kHZmjrZ8lvs+MIZrAiAy4ylx1Q+lxgFlxz5lZoVN5kmZaP2o04AuLRdn+6P+99TH9TG9qmzKbbZBbjVngUgIb/IzyvdLXtzhwveWWNa250xNOfU4eMVTHjacOPbG4b363NgZ9SiFyJadIe0t++6Q+yPJ3Kk6yUujbEUl3UDEde7lAyVmimJDRhfKNoZPEryf/JNsrLwerv6rt86DIKW8ytHskTQeJXW49WNAcWF/u/u5xiw7BWniXGi2JlkMSvyGaagstFydfJ4aexkVn6jaGmyX0b6kGxgGLbLaqsqLxBZbVtJuu9O9LhtfzW+4grpzgHgTr6Ir2GLzaEYlzIcDt0NW4XxTmgBVTEkZM7xgBJDcPbcqNsb3osQAnUHii8VcCo3uWIbYSo+ONYPBFioDrN9aM3HyEAGreDFJqFEUc89H+51EJohGf+zjX5YfodT8FlVBQ4b/Z";
