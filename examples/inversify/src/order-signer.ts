import { createHmac } from "node:crypto";
import type { Secret } from "@kinko/core";

/** An ordinary class: it knows neither Kinko's store nor the container. */
export class OrderSigner {
  readonly #key: Secret;

  constructor(key: Secret) {
    this.#key = key;
  }

  sign(order: string): string {
    const key = this.#key.bytes();
    try {
      return createHmac("sha256", key).update(order).digest("hex");
    } finally {
      key.fill(0);
    }
  }
}
