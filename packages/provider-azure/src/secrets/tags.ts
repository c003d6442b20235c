import { InvalidValueError, type Clock } from "@kinko/core";
import { maxNativeTags, maxTagLength, maxTags } from "../limits.js";

export type Tags = Readonly<Record<string, string>>;

/**
 * Tag that orders the versions of one second, which is all that Key Vault's times tell apart: time
 * and number of the write, by the clock of whoever wrote.
 */
export const orderTag = "kinko-order";

/**
 * Checks tags against Key Vault's limits.
 * @throws InvalidValueError before any request, without quoting a tag
 */
export function checkTags(tags: Tags): void {
  const entries = Object.entries(tags);
  if (entries.length > maxTags) {
    throw invalid(`Key Vault keeps at most ${maxTags} tags beside Kinko's own.`);
  }
  for (const [key, text] of entries) {
    if (key === "" || key.length > maxTagLength || text.length > maxTagLength) {
      throw invalid(
        `The name of a tag has 1 to ${maxTagLength} characters, its text at most as many.`,
      );
    }
    if (key === orderTag) throw invalid(`The tag ${orderTag} is Kinko's own.`);
    if (!key.isWellFormed() || !text.isWellFormed()) throw invalid("A tag is not valid Unicode.");
  }
}

/** Tags without Kinko's own. */
export function visibleTags(tags: Tags | undefined): Tags {
  const visible = Object.create(null) as Record<string, string>;
  for (const [key, text] of Object.entries(tags ?? {})) {
    if (key !== orderTag) visible[key] = text;
  }
  return visible;
}

/** Numbers the writes of this process. */
export class WriteOrder {
  readonly #clock: Clock;
  #lastMs = 0;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The tags to write. Where 15 of another tool leave no room, the order is left out. */
  mark(tags: Tags): Tags {
    if (Object.keys(tags).length >= maxNativeTags) return tags;
    return { ...tags, [orderTag]: this.#next() };
  }

  #next(): string {
    const nowMs = Math.max(Math.floor(this.#clock.now()), this.#lastMs);
    this.#count = nowMs === this.#lastMs ? this.#count + 1 : 0;
    this.#lastMs = nowMs;
    return `${String(nowMs).padStart(14, "0")}.${String(this.#count).padStart(6, "0")}`;
  }
}

function invalid(what: string): InvalidValueError {
  return new InvalidValueError(what, {
    reason: "invalid-tag",
    advice: "Keep fewer or shorter tags.",
  });
}
