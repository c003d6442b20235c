import type {
  CryptoCallOptions,
  CryptoInput,
  HmacOptions,
  SigningCapability,
  SignOptions,
} from "@kinko/core";
import type { JsonObject } from "../client/answer.js";
import { Lanes } from "./batch/lanes.js";
import { versionNumber } from "./encryption.js";
import { errorAt } from "./errors.js";
import { textOf, type TransitContext } from "./transit-context.js";
import { copyInput, decodeBase64, encodeAndErase, encodeBase64 } from "./values.js";

/** Input on its way; the bytes are ours to erase. */
interface Signing {
  readonly input: Buffer;
  readonly context?: Uint8Array | undefined;
  /** What is verified: a signature or a MAC, by the name of its field. */
  readonly claim?: { readonly signature: string } | { readonly hmac: string } | undefined;
}

/** What a request adds to each item, roughly. */
const itemBytes = 96;

/** Signatures and MACs; calls of the same moment that are made alike share a request. */
export class TransitSigning implements SigningCapability {
  readonly #context: TransitContext;
  readonly #texts: Lanes<Signing, string>;
  readonly #verdicts: Lanes<Signing, boolean>;

  constructor(context: TransitContext) {
    this.#context = context;
    const hooks = {
      discard: erase,
      release: (): void => undefined,
    };
    this.#texts = new Lanes(context, hooks);
    this.#verdicts = new Lanes(context, hooks);
  }

  async sign(key: string, input: CryptoInput, options: SignOptions = {}): Promise<string> {
    const parameters = { ...signParameters(options), ...versionOf(options.keyVersion) };
    return this.#text("sign", key, this.#item("sign", key, input, options), parameters, options);
  }

  async verify(
    key: string,
    input: CryptoInput,
    signature: string,
    options: Omit<SignOptions, "keyVersion"> = {},
  ): Promise<boolean> {
    const item = { ...this.#item("verify", key, input, options), claim: { signature } };
    return this.#verdict("verify", key, item, signParameters(options), options);
  }

  async hmac(key: string, input: CryptoInput, options: HmacOptions = {}): Promise<string> {
    const parameters = { ...hmacParameters(options), ...versionOf(options.keyVersion) };
    return this.#text("hmac", key, this.#item("hmac", key, input, {}), parameters, options);
  }

  async verifyHmac(
    key: string,
    input: CryptoInput,
    hmac: string,
    options: Omit<HmacOptions, "keyVersion"> = {},
  ): Promise<boolean> {
    const item = { ...this.#item("verifyHmac", key, input, {}), claim: { hmac } };
    return this.#verdict("verifyHmac", key, item, hmacParameters(options), options);
  }

  /** Hash by Vault; it has no form for many. */
  async hash(
    input: CryptoInput,
    options: CryptoCallOptions & Pick<HmacOptions, "hash"> = {},
  ): Promise<Buffer> {
    const place = this.#context.place("hash");
    const data = await this.#context.ask(place, options, {
      method: "POST",
      path: "hash",
      body: {
        input: encodeAndErase(copyInput(input, "input")),
        algorithm: options.hash ?? "sha2-256",
        format: "base64",
      },
    });
    return decodeBase64(textOf(data, "sum", place));
  }

  #item(
    operation: string,
    key: string,
    input: CryptoInput,
    { context }: { readonly context?: Uint8Array | undefined },
  ): Signing {
    const place = this.#context.place(operation, key);
    try {
      return { input: copyInput(input, "input"), context };
    } catch (error) {
      throw errorAt(error, place);
    }
  }

  #text(
    operation: "sign" | "hmac",
    key: string,
    item: Signing,
    parameters: JsonObject,
    call: CryptoCallOptions,
  ): Promise<string> {
    const field = operation === "sign" ? "signature" : "hmac";
    return this.#texts.run(
      laneId(operation, key, parameters),
      () => ({
        place: this.#context.place(operation, key),
        path: `${operation}/${key}`,
        parameters,
        encode,
        discard: erase,
        decode: ({ [field]: text }) => (typeof text === "string" ? text : undefined),
      }),
      item,
      sizeOf(item),
      call,
    );
  }

  #verdict(
    operation: "verify" | "verifyHmac",
    key: string,
    item: Signing,
    parameters: JsonObject,
    call: CryptoCallOptions,
  ): Promise<boolean> {
    return this.#verdicts.run(
      laneId(operation, key, parameters),
      () => ({
        place: this.#context.place(operation, key),
        path: `verify/${key}`,
        parameters,
        encode,
        discard: erase,
        decode: ({ valid }) => (typeof valid === "boolean" ? valid : undefined),
      }),
      item,
      sizeOf(item),
      call,
    );
  }
}

function erase({ input }: Signing): void {
  input.fill(0);
}

function encode({ input, context, claim }: Signing): JsonObject {
  return {
    input: encodeBase64(input),
    context: encodeBase64(context),
    ...claim,
  };
}

function sizeOf({ input, claim }: Signing): number {
  const claimed = Object.values(claim ?? {}).reduce((sum, text) => sum + text.length, 0);
  return Math.ceil(input.byteLength / 3) * 4 + claimed + itemBytes;
}

function laneId(operation: string, key: string, parameters: JsonObject): string {
  return `${operation}/${key}/${JSON.stringify(parameters)}`;
}

function signParameters({ hash, prehashed, marshaling, padding }: SignOptions): JsonObject {
  return {
    ...(hash === undefined ? {} : { hash_algorithm: hash }),
    ...(prehashed === true ? { prehashed } : {}),
    ...(marshaling === undefined ? {} : { marshaling_algorithm: marshaling }),
    ...(padding === undefined ? {} : { signature_algorithm: padding }),
  };
}

/** `algorithm` for making a MAC, `hash_algorithm` for verifying one: Vault takes either in both. */
function hmacParameters({ hash }: HmacOptions): JsonObject {
  return hash === undefined ? {} : { algorithm: hash, hash_algorithm: hash };
}

function versionOf(version: string | undefined): JsonObject {
  const number = versionNumber(version);
  return number === undefined ? {} : { key_version: number };
}
