/**
 * Stands in for the elliptic curves and post-quantum keys that age-encryption loads at its start: two
 * thirds of its size, and 15 ms of `kinko get`. The embedded store uses X25519 alone, which Node's own
 * WebCrypto computes, so none of them is ever called; age-encryption calls its own X25519 only where
 * WebCrypto has none.
 */
function refuse(): never {
  throw new Error("The kinko command has no age keys other than X25519 and passphrases.");
}

/** RFC 7748, section 4.1: the base point of X25519 is 9. It is all that is read from here. */
const basePoint = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 9 : 0));

export const x25519 = { GuBytes: basePoint, scalarMult: refuse, scalarMultBase: refuse };
export const p256 = { Point: { fromBytes: refuse } };
export const MLKEM768P256 = { encapsulate: refuse, decapsulate: refuse, keygen: refuse };
export const MLKEM768X25519 = { encapsulate: refuse, decapsulate: refuse, keygen: refuse };
