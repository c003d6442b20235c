import {
  isSecretError,
  type CryptoBinding,
  type CryptoCallOptions,
  type CryptoInput,
  type CryptoOutcome,
  type DataKey,
  type DataKeyOptions,
  type DecryptItem,
  type DecryptOptions,
  type EncryptionCapability,
  type EncryptItem,
  type EncryptOptions,
  type Secret,
} from "@kinko/core";
import type { JsonObject } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";
import { sendBatch, type BatchOperation } from "./batch/batch-request.js";
import { batchLimits, Lanes, maxInFlight, type LaneHooks } from "./batch/lanes.js";
import { runMany } from "./batch/many.js";
import { underDeadline } from "../engine/deadline.js";
import { checkCiphertext } from "./ciphertext.js";
import { errorAt } from "./errors.js";
import { noSuchType } from "./meanings.js";
import { checkKeyName } from "./names.js";
import { tellTrimmed } from "./old-version.js";
import { textOf, type TransitContext } from "./transit-context.js";
import { copyInput, encodeBase64, secretOf } from "./values.js";

/** Plaintext on its way; the bytes are ours to erase. */
interface Sealing extends CryptoBinding {
  readonly plaintext: Buffer;
}

type Opening = DecryptItem & { readonly version: number };
type Operation<Item, Value> = BatchOperation<Item, Value> & Pick<LaneHooks<Item, Value>, "review">;

/** Largest number of random bytes in one request. */
const maxRandomBytes = 131_071;

/** What a request adds to each item, roughly: names of fields and quotes. */
const itemBytes = 64;

/** Encrypts, decrypts and rewraps; calls of the same moment share a request. */
export class TransitEncryption implements EncryptionCapability {
  readonly #context: TransitContext;
  readonly #encrypt: Lanes<Sealing, string>;
  readonly #decrypt: Lanes<Opening, Secret>;
  readonly #rewrap: Lanes<Opening, string>;

  constructor(context: TransitContext) {
    this.#context = context;
    const nothing = (): void => undefined;
    this.#encrypt = new Lanes(context, { discard: erase, release: nothing });
    this.#decrypt = new Lanes(context, {
      discard: nothing,
      release: (secret: Secret) => secret.dispose(),
    });
    this.#rewrap = new Lanes(context, { discard: nothing, release: nothing });
  }

  async encrypt(
    key: string,
    plaintext: CryptoInput,
    options: EncryptOptions = {},
  ): Promise<string> {
    const { context, associatedData, keyVersion } = options;
    const version = versionNumber(keyVersion);
    const item = { plaintext: this.#copy(key, plaintext), context, associatedData };
    const bytes = base64Length(item.plaintext.byteLength) + bindingBytes(item);
    return this.#encrypt.run(
      laneId(key, item, version),
      () => this.#sealing(key, version),
      item,
      bytes,
      options,
    );
  }

  async decrypt(key: string, ciphertext: string, options: DecryptOptions = {}): Promise<Secret> {
    const item = this.#opening("decrypt", key, { ...options, ciphertext });
    return this.#decrypt.run(
      laneId(key, item),
      () => this.#unsealing(key),
      item,
      ciphertext.length + bindingBytes(item),
      options,
    );
  }

  async rewrap(key: string, ciphertext: string, options: DecryptOptions = {}): Promise<string> {
    const item = this.#opening("rewrap", key, { ...options, ciphertext });
    return this.#rewrap.run(
      laneId(key, item),
      () => this.#rewrapping(key),
      item,
      ciphertext.length + bindingBytes(item),
      options,
    );
  }

  encryptMany(
    key: string,
    items: readonly EncryptItem[],
    options: CryptoCallOptions & Pick<EncryptOptions, "keyVersion"> = {},
  ): Promise<readonly CryptoOutcome<string>[]> {
    return this.#many<EncryptItem, Sealing, string>(
      this.#sealing(key, versionNumber(options.keyVersion)),
      items,
      options,
      ({ plaintext }) => base64Length(plaintext.byteLength),
      ({ plaintext, context, associatedData }) => ({
        plaintext: this.#copy(key, plaintext),
        context,
        associatedData,
      }),
    );
  }

  decryptMany(
    key: string,
    items: readonly DecryptItem[],
    options: CryptoCallOptions = {},
  ): Promise<readonly CryptoOutcome<Secret>[]> {
    return this.#many<DecryptItem, Opening, Secret>(
      this.#unsealing(key),
      items,
      options,
      ({ ciphertext }) => ciphertext.length,
      (item) => this.#opening("decrypt", key, item),
    );
  }

  rewrapMany(
    key: string,
    items: readonly DecryptItem[],
    options: CryptoCallOptions = {},
  ): Promise<readonly CryptoOutcome<string>[]> {
    return this.#many<DecryptItem, Opening, string>(
      this.#rewrapping(key),
      items,
      options,
      ({ ciphertext }) => ciphertext.length,
      (item) => this.#opening("rewrap", key, item),
    );
  }

  async dataKey(key: string, options: DataKeyOptions = {}): Promise<DataKey> {
    const place = this.#context.place("dataKey", key);
    const data = await this.#context.ask(place, options, {
      method: "POST",
      path: `datakey/plaintext/${key}`,
      body: dataKeyBody(options),
    });
    const wrapped = textOf(data, "ciphertext", place);
    return { wrapped, plaintext: secretOf(textOf(data, "plaintext", place)) };
  }

  async wrappedDataKey(key: string, options: DataKeyOptions = {}): Promise<string> {
    const place = this.#context.place("dataKey", key);
    const data = await this.#context.ask(place, options, {
      method: "POST",
      path: `datakey/wrapped/${key}`,
      body: dataKeyBody(options),
    });
    return textOf(data, "ciphertext", place);
  }

  async random(byteLength: number, options: CryptoCallOptions = {}): Promise<Secret> {
    const place = this.#context.place("random");
    if (!Number.isInteger(byteLength) || byteLength < 1 || byteLength > maxRandomBytes) {
      throw vaultError("InvalidValue", "This number of random bytes cannot be had.", {
        ...place,
        reason: "invalid-length",
        field: "byteLength",
        advice: `Ask for a whole number from 1 to ${maxRandomBytes}.`,
      });
    }
    const data = await this.#context.ask(place, options, {
      method: "POST",
      path: "random",
      body: { bytes: byteLength, format: "base64" },
    });
    return secretOf(textOf(data, "random_bytes", place));
  }

  #many<Input extends CryptoBinding, Item, Value>(
    operation: Operation<Item, Value>,
    inputs: readonly Input[],
    call: CryptoCallOptions,
    sizeOf: (input: Input) => number,
    prepare: (input: Input) => Item,
  ): Promise<readonly CryptoOutcome<Value>[]> {
    const context = this.#context;
    // Without a time of its own, the whole has none, and each request has the provider's.
    const each = call.timeoutMs === undefined ? { signal: call.signal } : {};
    const send = (items: readonly Item[], outer: AbortSignal | undefined) =>
      underDeadline(context, { ...each, signal: outer ?? call.signal }, async (signal) => {
        const outcomes = await sendBatch(context, operation, items, signal);
        return operation.review?.(outcomes, items, signal) ?? outcomes;
      });
    const run = (outer: AbortSignal | undefined): Promise<readonly CryptoOutcome<Value>[]> =>
      runMany({
        inputs,
        limits: batchLimits,
        concurrency: maxInFlight,
        groupOf: (input) => (input.context === undefined ? "" : "context"),
        sizeOf: (input) => sizeOf(input) + bindingBytes(input),
        prepare,
        send: (_group, items) => send(items, outer),
        isFinal: (error) => isSecretError(error, "Aborted") || outer?.aborted === true,
      });
    return call.timeoutMs === undefined ? run(undefined) : underDeadline(context, call, run);
  }

  #copy(key: string, plaintext: CryptoInput): Buffer {
    checkKeyName(key);
    try {
      return copyInput(plaintext, "plaintext");
    } catch (error) {
      throw errorAt(error, this.#context.place("encrypt", key));
    }
  }

  #opening(operation: string, key: string, item: DecryptItem): Opening {
    checkKeyName(key);
    const { ciphertext, context, associatedData } = item;
    try {
      return { ciphertext, context, associatedData, version: checkCiphertext(ciphertext) };
    } catch (error) {
      throw errorAt(error, this.#context.place(operation, key));
    }
  }

  #sealing(key: string, version: number | undefined): Operation<Sealing, string> {
    return {
      place: this.#context.place("encrypt", key),
      path: `encrypt/${key}`,
      // Vault would make a key of any name that it does not know; of this type it cannot.
      parameters: { type: noSuchType },
      // What is undefined is left out of JSON.
      encode: ({ plaintext, context, associatedData }) => ({
        plaintext: encodeBase64(plaintext),
        context: encodeBase64(context),
        associated_data: encodeBase64(associatedData),
        key_version: version,
      }),
      discard: erase,
      decode: ciphertextOf,
    };
  }

  #unsealing(key: string): Operation<Opening, Secret> {
    const place = this.#context.place("decrypt", key);
    return {
      place,
      path: `decrypt/${key}`,
      parameters: {},
      encode: encodeOpening,
      decode: ({ plaintext }) => (typeof plaintext === "string" ? secretOf(plaintext) : undefined),
      review: (outcomes, items, signal) =>
        tellTrimmed(this.#context, place, key, outcomes, items, signal),
    };
  }

  #rewrapping(key: string): Operation<Opening, string> {
    const place = this.#context.place("rewrap", key);
    return {
      place,
      path: `rewrap/${key}`,
      parameters: {},
      encode: encodeOpening,
      decode: ciphertextOf,
      review: (outcomes, items, signal) =>
        tellTrimmed(this.#context, place, key, outcomes, items, signal),
    };
  }
}

function erase({ plaintext }: Sealing): void {
  plaintext.fill(0);
}

function ciphertextOf({ ciphertext }: JsonObject): string | undefined {
  return typeof ciphertext === "string" ? ciphertext : undefined;
}

function encodeOpening({ ciphertext, context, associatedData }: Opening): JsonObject {
  return {
    ciphertext,
    context: encodeBase64(context),
    associated_data: encodeBase64(associatedData),
  };
}

function bindingBytes({ context, associatedData }: CryptoBinding): number {
  return (
    itemBytes +
    base64Length(context?.byteLength ?? 0) +
    base64Length(associatedData?.byteLength ?? 0)
  );
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Vault wants a context in all items of a request or in none. */
function laneId(key: string, { context }: CryptoBinding, version = 0): string {
  return `${context === undefined ? "" : "context"}/${version}/${key}`;
}

function dataKeyBody({ bits = 256, context }: DataKeyOptions): JsonObject {
  return { bits, context: encodeBase64(context) };
}

/** @throws InvalidValueError for what is no version of a key of Vault */
export function versionNumber(version: string | undefined): number | undefined {
  if (version === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/u.test(version)) return Number(version);
  throw vaultError("InvalidValue", "This is not a version that a key can have.", {
    reason: "invalid-key-version",
    field: "keyVersion",
    advice: "Write a whole number, as readKey gives it.",
  });
}
