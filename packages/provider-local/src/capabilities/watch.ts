import { createHmac, randomBytes } from "node:crypto";
import { watch as watchFolder } from "node:fs";
import { basename, dirname } from "node:path";
import {
  isSecretError,
  type Clock,
  type SecretErrorCode,
  type SecretRef,
  type WatchCapability,
} from "@kinko/core";
import type { StoreDocument } from "../document/document.js";
import { readSecret } from "../read-secret.js";
import type { StoreFile } from "../store/store-file.js";

/** Looked at this often as well: folders on network mounts report nothing. */
const fallbackIntervalMs = 30_000;

/** Reports changes as soon as the operating system reports a new store file. */
export function watchCapability(store: StoreFile, clock: Clock): WatchCapability {
  return {
    async *watch(refs, { signal }) {
      const digest = createDigest();
      const look = (): Promise<readonly (string | undefined)[]> =>
        store.read(signal, (document) => refs.map((ref) => digest(document, ref)));
      // First, so that a missing store is said as such and not as a folder that cannot be watched.
      let known = await look();
      const changes = new ChangeSignal(store.settings.file, clock);
      try {
        while (await changes.next(signal)) {
          const now = await look();
          for (const [index, ref] of refs.entries()) {
            const [before, after] = [known[index], now[index]];
            if (before === after) continue;
            const type =
              before === undefined ? "created" : after === undefined ? "deleted" : "updated";
            yield { ref, type };
          }
          known = now;
        }
      } finally {
        changes.close();
      }
    },
  };
}

/** There is nothing to read; anything else is a failure and no change. */
const absentCodes: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "NotFound",
  "VersionNotFound",
  "Deleted",
  "Destroyed",
]);

/** Keyed, so that no value and nothing that can be compared with one is kept between two looks. */
function createDigest(): (document: StoreDocument, ref: SecretRef) => string | undefined {
  const key = randomBytes(32);
  return (document, ref) => {
    try {
      const { value } = readSecret(document, ref);
      const field = ref.field === undefined ? value : value.field(ref.field);
      const bytes = field.bytes();
      const digest = createHmac("sha256", key).update(field.kind).update(bytes).digest("base64");
      bytes.fill(0);
      field.dispose();
      value.dispose();
      return digest;
    } catch (error) {
      if (isSecretError(error) && absentCodes.has(error.code)) return undefined;
      throw error;
    }
  };
}

/** Tells that the file may be another one now. */
class ChangeSignal {
  readonly #clock: Clock;
  readonly #watcher: ReturnType<typeof watchFolder>;
  // There may have been a change between the first look and the beginning of the watch.
  #pending = true;
  #wake: () => void = () => undefined;

  constructor(file: string, clock: Clock) {
    this.#clock = clock;
    const name = basename(file);
    // The folder, since a commit replaces the file and a watch on it would stay with the old one.
    this.#watcher = watchFolder(dirname(file), { persistent: false }, (_event, changed) => {
      if (changed === null || changed === name) this.#notify();
    });
    this.#watcher.on("error", () => this.#notify());
  }

  /** True when there may be a change, false when the signal has aborted. */
  async next(signal: AbortSignal): Promise<boolean> {
    while (!this.#pending && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.schedule(fallbackIntervalMs, () => this.#notify());
        const done = (): void => {
          cancel();
          signal.removeEventListener("abort", done);
          resolve();
        };
        this.#wake = done;
        signal.addEventListener("abort", done, { once: true });
      });
    }
    this.#pending = false;
    return !signal.aborted;
  }

  close(): void {
    this.#watcher.close();
  }

  #notify(): void {
    this.#pending = true;
    this.#wake();
  }
}
