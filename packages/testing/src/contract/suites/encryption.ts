import { type CryptoOutcome, type EncryptionCapability, Secret } from "@kinko/core";
import { expect } from "vitest";
import { expectClean } from "../../canary/canary.js";
import type { Contract, ContractContext } from "../contract-test.js";
import type { HarnessKeys } from "../harness.js";
import { binaryValues } from "../values.js";

/** A ciphertext that does not open, whatever the reason is. */
const doesNotOpen = ["Corrupt", "InvalidValue", "NotFound", "VersionNotFound"] as const;

/** Encryption with keys of the backend. */
export function describeEncryption(contract: Contract): void {
  if (contract.capabilities.extensions.encryption === undefined) {
    contract.test("refuses encryption as Unsupported", async ({ store, expectFailure }) => {
      const asked = Promise.resolve().then(() => store.as("encryption"));
      expect((await expectFailure(asked, "Unsupported")).reason).toBe("no-encryption");
    });
    return;
  }

  const test = (
    title: string,
    work: (
      encryption: EncryptionCapability,
      keys: HarnessKeys,
      context: ContractContext,
    ) => Promise<void>,
  ): void =>
    contract.test(title, async (context) => {
      await work(context.store.as("encryption"), await keysOf(context), context);
    });

  test("opens what it has encrypted, byte by byte", async (encryption, keys) => {
    for (const value of binaryValues) {
      const ciphertext = await encryption.encrypt(keys.encryption, value);
      const opened = await encryption.decrypt(keys.encryption, ciphertext);
      expect(opened.kind).toBe("binary");
      expect(opened.equals(Secret.binary(value))).toBe(true);
    }
  });

  test("takes a secret, and leaves it as it is", async (encryption, keys, { value }) => {
    const secret = Secret.text(value("kept"));
    const ciphertext = await encryption.encrypt(keys.encryption, secret);
    expect((await encryption.decrypt(keys.encryption, ciphertext)).text()).toBe(secret.text());
  });

  test("shows nothing of the plaintext, nor that two are the same", async (encryption, keys, context) => {
    const bytes = Buffer.from(context.canary.value);
    const first = await encryption.encrypt(keys.encryption, bytes);
    const second = await encryption.encrypt(keys.encryption, bytes);
    expectClean(first, context.canary);
    expect(first).not.toBe(second);
    expect(bytes.toString()).toBe(context.canary.value);
  });

  test("opens nothing of another key", async (encryption, keys, context) => {
    const ciphertext = await encryption.encrypt(keys.other, Buffer.from(context.canary.value));
    await context.expectFailure(encryption.decrypt(keys.encryption, ciphertext), doesNotOpen);
  });

  test("opens nothing that was changed or cut", async (encryption, keys, context) => {
    const ciphertext = await encryption.encrypt(keys.encryption, Buffer.from(context.canary.value));
    const at = Math.floor(ciphertext.length * 0.7);
    const other = ciphertext[at] === "A" ? "B" : "A";
    const changed = [
      ciphertext.slice(0, -1),
      ciphertext.slice(0, at),
      `${ciphertext.slice(0, at)}${other}${ciphertext.slice(at + 1)}`,
      `${ciphertext}AAAA`,
      "",
      "no ciphertext at all",
    ];
    for (const text of changed) {
      const error = await context.expectFailure(
        encryption.decrypt(keys.encryption, text),
        doesNotOpen,
      );
      expect(error.field).toBe("ciphertext");
    }
  });

  test("binds a ciphertext to its associated data", async (encryption, keys, context) => {
    const associatedData = Buffer.from("row 7");
    const plaintext = Buffer.from(context.canary.value);
    const ciphertext = await encryption.encrypt(keys.encryption, plaintext, { associatedData });
    const opened = await encryption.decrypt(keys.encryption, ciphertext, { associatedData });
    expect(opened.text()).toBe(context.canary.value);
    for (const wrong of [Buffer.from("row 8"), undefined]) {
      const call = encryption.decrypt(keys.encryption, ciphertext, { associatedData: wrong });
      await context.expectFailure(call, doesNotOpen);
    }
  });

  test("binds a ciphertext of a derived key to its context", async (encryption, keys, context) => {
    const { derived } = keys;
    if (derived === undefined) {
      const call = encryption.encrypt(keys.encryption, Buffer.from(context.canary.value), {
        context: Buffer.from("tenant"),
      });
      await context.expectFailure(call, "Unsupported");
      return;
    }
    const mine = { context: Buffer.from("tenant 1") };
    const ciphertext = await encryption.encrypt(derived, Buffer.from(context.canary.value), mine);
    const opened = await encryption.decrypt(derived, ciphertext, mine);
    expect(opened.text()).toBe(context.canary.value);
    const theirs = { context: Buffer.from("tenant 2") };
    await context.expectFailure(encryption.decrypt(derived, ciphertext, theirs), doesNotOpen);
    const error = await context.expectFailure(
      encryption.encrypt(derived, Buffer.from(context.canary.value)),
      "InvalidValue",
    );
    expect(error.field).toBe("context");
  });

  test("does not know a key that nobody made, also at the second time", async (encryption, _keys, context) => {
    for (let time = 0; time < 2; time += 1) {
      const call = encryption.encrypt("contract-no-such-key", Buffer.from(context.canary.value));
      const error = await context.expectFailure(call, "NotFound");
      expect(error.field).toBe("key");
    }
  });

  test("gives each of many calls of one moment its own result, and its own failure", async (encryption, keys, context) => {
    const texts = Array.from({ length: 300 }, (_, index) => `${index} ${context.canary.value}`);
    const sealed = await Promise.all(
      texts.map((text) => encryption.encrypt(keys.encryption, Buffer.from(text))),
    );
    const foreign = await encryption.encrypt(keys.other, Buffer.from(context.canary.value));
    const results = await Promise.allSettled(
      [...sealed, foreign].map((text) => encryption.decrypt(keys.encryption, text)),
    );
    const opened = results.map((each) =>
      each.status === "fulfilled" ? each.value.text() : each.status,
    );
    expect(opened).toEqual([...texts, "rejected"]);
  });

  test("does many in order, and a failure of one is its own result", async (encryption, keys, context) => {
    const texts = Array.from({ length: 50 }, (_, index) => `${index} ${context.canary.value}`);
    const items = texts.map((text) => ({ plaintext: Buffer.from(text) }));
    const sealed = valuesOf(await encryption.encryptMany(keys.encryption, items));
    const broken = sealed.map((ciphertext, index) => ({
      ciphertext: index === 20 ? ciphertext.slice(0, -3) : ciphertext,
    }));
    for (const outcomes of [
      await encryption.decryptMany(keys.encryption, broken),
      await encryption.rewrapMany(keys.encryption, broken),
    ]) {
      expect(outcomes.map((outcome) => "value" in outcome)).toEqual(
        texts.map((_, index) => index !== 20),
      );
      const failed = outcomes[20];
      if (failed !== undefined && "error" in failed) {
        await context.expectFailure(Promise.reject(withPlace(failed.error, context)), doesNotOpen);
      }
    }
    const opened = await encryption.decryptMany(keys.encryption, broken);
    const texts20 = opened.map((outcome) => ("value" in outcome ? outcome.value.text() : ""));
    expect(texts20).toEqual(texts.map((text, index) => (index === 20 ? "" : text)));
  });

  test("rewraps into another ciphertext of the same plaintext", async (encryption, keys, context) => {
    const ciphertext = await encryption.encrypt(keys.encryption, Buffer.from(context.canary.value));
    const rewrapped = await encryption.rewrap(keys.encryption, ciphertext);
    expectClean(rewrapped, context.canary);
    expect((await encryption.decrypt(keys.encryption, rewrapped)).text()).toBe(
      context.canary.value,
    );
  });

  test("makes data keys, each another one, that it opens again", async (encryption, keys) => {
    const made = [
      await encryption.dataKey(keys.encryption),
      await encryption.dataKey(keys.encryption, { bits: 128 }),
      await encryption.dataKey(keys.encryption),
    ];
    expect(made.map(({ plaintext }) => plaintext.byteLength)).toEqual([32, 16, 32]);
    for (const { wrapped, plaintext } of made) {
      const opened = await encryption.decrypt(keys.encryption, wrapped);
      expect(opened.equals(plaintext)).toBe(true);
    }
    const [first, , third] = made;
    expect(third !== undefined && first?.plaintext.equals(third.plaintext)).toBe(false);
  });

  test("gives random bytes, each time others", async (encryption) => {
    const [first, second] = [await encryption.random(32), await encryption.random(32)];
    expect([first?.byteLength, second?.byteLength]).toEqual([32, 32]);
    expect(second !== undefined && first?.equals(second)).toBe(false);
  });

  test("stops when its caller does", async (encryption, keys, context) => {
    const signal = AbortSignal.abort();
    const plaintext = Buffer.from(context.canary.value);
    await context.expectFailure(
      encryption.encrypt(keys.encryption, plaintext, { signal }),
      "Aborted",
    );
    await context.expectFailure(encryption.dataKey(keys.encryption, { signal }), "Aborted");
  });
}

/** Keys of the harness. */
export async function keysOf({ harness }: ContractContext): Promise<HarnessKeys> {
  const keys = await harness.cryptoKeys?.();
  if (keys === undefined) {
    throw new Error("The harness of a provider that encrypts or signs has to make keys.");
  }
  return keys;
}

function valuesOf<Value>(outcomes: readonly CryptoOutcome<Value>[]): Value[] {
  return outcomes.map((outcome) => {
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  });
}

/** Outcomes come from the driver itself, which does not know the store's name. */
function withPlace(error: Error, { store }: ContractContext): Error {
  return Object.assign(error, { provider: store.provider });
}
