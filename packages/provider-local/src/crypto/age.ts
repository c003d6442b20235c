import {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import { bech32 } from "@scure/base";
import type { webcrypto } from "node:crypto";
import { ownBytes } from "../document/document.js";
import { localError } from "../errors.js";
import { ageFileKind } from "./age-format.js";
import { createScryptIdentity, createScryptRecipient } from "./scrypt.js";

// The only module that imports age-encryption, and itself imported with import(): it costs more
// start-up time than everything else together.

/** A private key, held by OpenSSL outside the JavaScript heap; it cannot be exported again. */
export type PrivateKey = webcrypto.CryptoKey;

const identityPattern = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/u;

/** A key and its public key. */
export interface KeyPair {
  readonly key: PrivateKey;
  /** Computed when asked for: whoever only reads needs no public key. */
  readonly recipient: () => Promise<string>;
}

/** DER prefix of an X25519 private key in PKCS #8, RFC 8410. */
const pkcs8Prefix = Buffer.from("302e020100300506032b656e04220420", "hex");

/** Imports the text of an identity, `AGE-SECRET-KEY-1…`. Undefined when it is not one. */
export async function importIdentity(text: string): Promise<KeyPair | undefined> {
  if (!identityPattern.test(text)) return undefined;
  const pkcs8 = Buffer.alloc(48);
  try {
    const { bytes } = bech32.decodeToBytes(text);
    if (bytes.byteLength !== 32) return undefined;
    pkcs8Prefix.copy(pkcs8);
    pkcs8.set(bytes, pkcs8Prefix.byteLength);
    bytes.fill(0);
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, { name: "X25519" }, false, [
      "deriveBits",
    ]);
    return { key, recipient: () => identityToRecipient(key) };
  } catch {
    return undefined;
  } finally {
    pkcs8.fill(0);
  }
}

/** Whether this is a public key that a store can be encrypted to. */
export function isRecipient(text: string): boolean {
  try {
    new Encrypter().addRecipient(text);
    return /^age1[02-9ac-hj-np-z]{58}$/u.test(text);
  } catch {
    return false;
  }
}

/** Encrypts to every recipient. @throws ConfigError `invalid-recipient` */
export async function encryptTo(
  recipients: readonly string[],
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    if (!isRecipient(recipient)) {
      throw localError(
        "Config",
        "invalid-recipient",
        "A recipient of the store is not an age public key.",
        "Write recipients as age1…, as kinko init and age-keygen print them.",
      );
    }
    encrypter.addRecipient(recipient);
  }
  return readAll(await encrypter.encrypt(streamOf(plaintext)));
}

/** Why a file did not decrypt. */
export type DecryptFailure = "no-match" | "damaged";

/** Decrypts what is for one of its keys. */
export type StoreDecrypter = (ciphertext: Uint8Array) => Promise<Buffer | DecryptFailure>;

/** Made once for all reads, as each key's public key is computed only then. */
export function createDecrypter(keys: readonly PrivateKey[]): StoreDecrypter {
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(key);
  return (ciphertext) => decrypt(decrypter, ciphertext);
}

/** Decrypts a file that `age -p` made, binary or armored. @throws ConfigError for its work factor */
export async function decryptWithPassphrase(
  passphrase: Buffer,
  file: Buffer,
): Promise<Buffer | DecryptFailure> {
  const decrypter = new Decrypter();
  const identity = createScryptIdentity(passphrase);
  decrypter.addIdentity(identity);
  let ciphertext: Uint8Array = file;
  try {
    if (ageFileKind(file) === "age-armored") ciphertext = armor.decode(file.toString("latin1"));
  } catch {
    return "damaged";
  }
  const result = await decrypt(decrypter, ciphertext);
  if (identity.refusal !== undefined) throw identity.refusal;
  return result;
}

/** Encrypts like `age -p`. */
export async function encryptWithPassphrase(
  passphrase: Buffer,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(createScryptRecipient(passphrase));
  return readAll(await encrypter.encrypt(streamOf(plaintext)));
}

async function decrypt(
  decrypter: Decrypter,
  ciphertext: Uint8Array,
): Promise<Buffer | DecryptFailure> {
  try {
    return await readAll(await decrypter.decrypt(streamOf(ciphertext)));
  } catch (error) {
    // The library has no codes. A damaged file that were taken for the wrong key, or the other
    // way round, would fail a test, so a change of this text cannot go unseen.
    return error instanceof Error && error.message.startsWith("no identity matched")
      ? "no-match"
      : "damaged";
  }
}

/**
 * The library reads a stream to its end with `new Response(stream)`, which makes Node load its whole
 * HTTP client: a fifth of the time that `kinko get` takes. Given a stream it leaves that to us. What a chunk held is
 * erased, as it is clear text in one of both directions.
 */
async function readAll(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const all = Buffer.alloc(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.byteLength;
    chunk.fill(0);
  }
  return all;
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** Makes a new identity: its text, which is the caller's to erase, and its public key. */
export async function createIdentity(): Promise<{
  readonly text: Buffer;
  readonly recipient: string;
}> {
  const text = await generateX25519Identity();
  return { text: ownBytes(text), recipient: await identityToRecipient(text) };
}
