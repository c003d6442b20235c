import { Secret } from "@kinko/core";
import { createIdentity, encryptWithPassphrase } from "../crypto/age.js";
import { ownBytes } from "../document/document.js";

/** A new identity, nowhere stored. */
export interface GeneratedIdentity {
  /**
   * Content of an identity file as age-keygen makes it (text), or, with a passphrase, as `age -p`
   * makes it of such a file (binary).
   */
  readonly content: Secret;
  /** Its public key, `age1…`. */
  readonly recipient: string;
}

/**
 * Makes an identity. With a passphrase, its content can only be used together with that.
 *
 * @example
 * const { content, recipient } = await generateIdentity();
 */
export async function generateIdentity(
  options: { readonly passphrase?: Secret | undefined; readonly now?: Date | undefined } = {},
): Promise<GeneratedIdentity> {
  const { text, recipient } = await createIdentity();
  const comments = `# created: ${(options.now ?? new Date()).toISOString()}\n# public key: ${recipient}\n`;
  const content = Buffer.alloc(Buffer.byteLength(comments) + text.byteLength + 1);
  try {
    content.write(comments);
    text.copy(content, Buffer.byteLength(comments));
    content[content.byteLength - 1] = 0x0a;
    if (options.passphrase === undefined) {
      return { content: Secret.fromBytes(content, "text"), recipient };
    }
    const passphrase = ownBytes(options.passphrase.text());
    try {
      const encrypted = await encryptWithPassphrase(passphrase, content);
      return { content: Secret.binary(encrypted), recipient };
    } finally {
      passphrase.fill(0);
    }
  } finally {
    text.fill(0);
    content.fill(0);
  }
}
