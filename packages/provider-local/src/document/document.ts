import { corruptDocument, checkEntry, parseEntry, serialiseEntry, statePrefix } from "./entry.js";
import type { StoredEntry } from "./entry.js";
import { checkHeader, notOurs, serialiseHeader, type DocumentHeader } from "./header.js";

const newline = 0x0a;
const lastLine = "}}";
const statePrefixBytes = Buffer.from(`:${statePrefix}`);

/**
 * The decrypted content of a store: a header, and the bytes of each secret by its key.
 *
 * The document is JSON, laid out with one line for each secret. So opening it costs a look at each
 * line's name; only a secret that is asked for is parsed, the others stay bytes that are erased on
 * dispose and written back as they are. JSON in any other layout (out of jq or an editor) is read
 * as well, and gets this layout at once.
 */
export class StoreDocument {
  readonly header: DocumentHeader;
  readonly #entries: ReadonlyMap<string, Buffer>;
  readonly #owned: readonly Buffer[];
  #sortedKeys: readonly string[] | undefined;

  private constructor(
    header: DocumentHeader,
    entries: ReadonlyMap<string, Buffer>,
    owned: readonly Buffer[],
  ) {
    this.header = header;
    this.#entries = entries;
    this.#owned = owned;
  }

  /**
   * Takes over the plaintext, which is erased on dispose.
   * @throws ConfigError `foreign-store-file` or `newer-format`, CorruptError.
   */
  static parse(plaintext: Buffer): StoreDocument {
    return StoreDocument.#parseLines(plaintext) ?? StoreDocument.#parseAnyLayout(plaintext);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Keys in ascending order of their UTF-16 code units. */
  keys(): readonly string[] {
    this.#sortedKeys ??= [...this.#entries.keys()].sort();
    return this.#sortedKeys;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The bytes of every entry, in the order of the file. */
  entries(): IterableIterator<[string, Buffer]> {
    return this.#entries.entries();
  }

  /** The bytes of one secret; equal bytes mean that nothing about it changed. */
  bytes(key: string): Buffer | undefined {
    return this.#entries.get(key);
  }

  /** One secret, parsed. Undefined when there is none. @throws CorruptError */
  entry(key: string): StoredEntry | undefined {
    const bytes = this.#entries.get(key);
    return bytes === undefined ? undefined : parseEntry(bytes.toString("utf8"));
  }

  /** Whether a plain read of this secret finds it soft-deleted; without parsing its values. */
  isDeleted(key: string): boolean {
    const bytes = this.#entries.get(key);
    if (bytes === undefined) return false;
    const start = statePrefix.length;
    return bytes.toString("latin1", start, start + 8) === 'deleted"';
  }

  /** Erases the plaintext. */
  dispose(): void {
    for (const bytes of this.#owned) bytes.fill(0);
  }

  static #parseLines(plaintext: Buffer): StoreDocument | undefined {
    const headerEnd = plaintext.indexOf(newline);
    if (headerEnd === -1) return undefined;
    const head = plaintext.toString("utf8", 0, headerEnd);
    if (!head.endsWith('"secrets":{')) return undefined;
    const parsedHead = parseObject(`${head}}}`);
    if (parsedHead === undefined) return undefined;
    const header = checkHeader(parsedHead);
    const entries = new Map<string, Buffer>();
    let start = headerEnd + 1;
    while (start < plaintext.length) {
      const lineEnd = plaintext.indexOf(newline, start);
      const end = lineEnd === -1 ? plaintext.length : lineEnd;
      if (plaintext.toString("latin1", start, Math.min(end, start + 3)) === lastLine) {
        return end >= plaintext.length - 1
          ? new StoreDocument(header, entries, [plaintext])
          : undefined;
      }
      const line = splitLine(plaintext.subarray(start, end));
      if (line === undefined || entries.has(line.key)) return undefined;
      entries.set(line.key, line.bytes);
      start = end + 1;
    }
    return undefined;
  }

  static #parseAnyLayout(plaintext: Buffer): StoreDocument {
    const parsed = parseObject(plaintext.toString("utf8"));
    if (parsed === undefined) throw notOurs();
    const header = checkHeader(parsed);
    const { secrets } = parsed;
    if (typeof secrets !== "object" || secrets === null || Array.isArray(secrets)) {
      throw corruptDocument();
    }
    const entries = new Map<string, Buffer>();
    for (const [key, value] of Object.entries(secrets)) {
      entries.set(key, ownBytes(serialiseEntry(checkEntry(value))));
    }
    plaintext.fill(0);
    return new StoreDocument(header, entries, [...entries.values()]);
  }
}

/** The JSON text of a whole document, in the layout that reads fast. */
export function serialiseDocument(
  header: DocumentHeader,
  entries: Iterable<readonly [string, Buffer]>,
): Buffer {
  const parts: Buffer[] = [Buffer.from(serialiseHeader(header))];
  let separator = "\n";
  for (const [key, bytes] of entries) {
    parts.push(Buffer.from(`${separator}${JSON.stringify(key)}:`), bytes);
    separator = ",\n";
  }
  parts.push(Buffer.from(`\n${lastLine}\n`));
  // Not Buffer.concat, whose result may lie in Node's shared pool.
  const whole = Buffer.alloc(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) offset += part.copy(whole, offset);
  return whole;
}

/** The bytes of a string, outside Node's shared pool so that they can be erased. */
export function ownBytes(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** `"key":{"state":"…` with a comma behind, unless it is the last. */
function splitLine(line: Buffer): { readonly key: string; readonly bytes: Buffer } | undefined {
  if (line[0] !== 0x22) return undefined;
  let end = line.indexOf(0x22, 1);
  while (end > 0 && isEscaped(line, end)) end = line.indexOf(0x22, end + 1);
  if (end === -1) return undefined;
  const valueStart = end + 2;
  const prefix = line.subarray(end + 1, end + 1 + statePrefixBytes.length);
  if (!prefix.equals(statePrefixBytes)) return undefined;
  const valueEnd = line.at(-1) === 0x2c ? line.length - 1 : line.length;
  const literal = line.toString("utf8", 0, end + 1);
  const key = literal.includes("\\") ? parseString(literal) : literal.slice(1, -1);
  return key === undefined ? undefined : { key, bytes: line.subarray(valueStart, valueEnd) };
}

function isEscaped(line: Buffer, quote: number): boolean {
  let backslashes = 0;
  while (line[quote - 1 - backslashes] === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}

function parseString(literal: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(literal);
    return typeof parsed === "string" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
