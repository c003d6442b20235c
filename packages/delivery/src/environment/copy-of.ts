import { Secret } from "@kinko/core";

/** A secret of its own with the same value, so that each can be disposed of without the other. */
export function copyOf(secret: Secret): Secret {
  const bytes = secret.bytes();
  try {
    return Secret.fromBytes(bytes, secret.kind);
  } finally {
    bytes.fill(0);
  }
}
