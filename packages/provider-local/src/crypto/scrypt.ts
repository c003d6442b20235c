import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { Stanza, type Identity, type Recipient } from "age-encryption";
import { localError } from "../errors.js";

// age's passphrase recipient with OpenSSL's scrypt: the JavaScript one of age-encryption took 10.8
// seconds for what this does in 0.8. age-encryption lets one bring recipients of one's own.
// Format: https://github.com/C2SP/C2SP/blob/main/age.md#the-scrypt-recipient-type

/**
 * Work factor of what Kinko writes: N = 2^17, r = 8, p = 1 is the least that OWASP's password
 * storage cheat sheet advises. Measured: 0.4 s and 128 MiB (2^18, age's own default: 0.8 s), which
 * a command that unlocks the identity at each start can bear.
 */
export const scryptWorkFactor = 17;
/** Above this, opening a file takes more than 3 s and 1 GiB: a crafted file could stop a server. */
const maxWorkFactor = 20;
/** Below this (scrypt's own advice for interactive use in 2009) a passphrase is guessed quickly. */
const minWorkFactor = 14;

const label = "age-encryption.org/v1/scrypt";
const nonce = Buffer.alloc(12);
const tagBytes = 16;

/** Wraps a file key for a passphrase. */
export function createScryptRecipient(passphrase: Buffer): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(16);
      const key = await deriveKey(passphrase, salt, scryptWorkFactor);
      const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: tagBytes });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      key.fill(0);
      return [new Stanza(["scrypt", unpadded(salt), String(scryptWorkFactor)], body)];
    },
  };
}

/** Unwraps a file key with a passphrase; `refusal` says why it would not even try. */
export interface ScryptIdentity extends Identity {
  readonly refusal: Error | undefined;
}

/** The passphrase as an identity; a work factor out of bounds is refused before any work. */
export function createScryptIdentity(passphrase: Buffer): ScryptIdentity {
  let refusal: Error | undefined;
  return {
    get refusal() {
      return refusal;
    },
    async unwrapFileKey(stanzas) {
      const stanza = stanzas[0];
      if (stanzas.length !== 1 || stanza?.args[0] !== "scrypt") return null;
      const [, saltText = "", factorText = ""] = stanza.args;
      const salt = Buffer.from(saltText, "base64");
      if (salt.byteLength !== 16 || !/^[1-9][0-9]{0,2}$/u.test(factorText)) {
        throw new Error("malformed scrypt stanza");
      }
      if (stanza.body.byteLength !== 32) throw new Error("malformed scrypt stanza");
      refusal = workFactorProblem(Number(factorText));
      if (refusal !== undefined) return null;
      const key = await deriveKey(passphrase, salt, Number(factorText));
      try {
        const options = { authTagLength: tagBytes };
        const decipher = createDecipheriv("chacha20-poly1305", key, nonce, options);
        decipher.setAuthTag(stanza.body.subarray(-tagBytes));
        const wrapped = stanza.body.subarray(0, -tagBytes);
        return Buffer.concat([decipher.update(wrapped), decipher.final()]);
      } catch {
        return null;
      } finally {
        key.fill(0);
      }
    },
  };
}

function workFactorProblem(factor: number): Error | undefined {
  if (factor > maxWorkFactor) {
    return localError(
      "Config",
      "scrypt-work-factor-too-high",
      `The passphrase of the identity file has work factor ${factor}; at most ${maxWorkFactor} is accepted.`,
      "Encrypt the identity again with kinko init, or with age -p at its default work factor.",
    );
  }
  if (factor < minWorkFactor) {
    return localError(
      "Config",
      "scrypt-work-factor-too-low",
      `The passphrase of the identity file has work factor ${factor}; at least ${minWorkFactor} is accepted.`,
      "Encrypt the identity again with kinko init or age -p, and take the old file for guessed.",
    );
  }
  return undefined;
}

function deriveKey(passphrase: Buffer, salt: Buffer, factor: number): Promise<Buffer> {
  const N = 2 ** factor;
  const options = { N, r: 8, p: 1, maxmem: 128 * N * 8 + 2 ** 20 };
  return new Promise((resolve, reject) => {
    const labelled = Buffer.concat([Buffer.from(label), salt]);
    scrypt(passphrase, labelled, 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
