import { open, readFile, rm, type FileHandle } from "node:fs/promises";
import { isObject } from "../../client/answer.js";

/** What a journal is about: it is not gone on with for another key or another input. */
export interface RewrapSubject {
  /** Mount and key. */
  readonly ref: string;
  readonly inputBytes: number;
  readonly inputModifiedMs: number;
  /** The file that the caller named; in the second pass the input is the output of the first. */
  readonly sourceBytes: number;
  readonly sourceModifiedMs: number;
  /** SHA-256 of context and associated data. */
  readonly binding: string;
  /** 2 when the output is done a second time, because the key was rotated during the first. */
  readonly pass: 1 | 2;
}

/** How far the work is; everything up to here is safely on disk. */
export interface RewrapState {
  readonly inputOffset: number;
  readonly outputOffset: number;
  readonly lines: number;
  readonly failedLines: number;
  readonly versions: Readonly<Record<string, number>>;
  readonly done: boolean;
  /** What is delivered, or was; only when done. */
  readonly part?: PartIdentity | undefined;
}

/** Tells the finished part from every other file, and keeps doing so when it is renamed. */
export interface PartIdentity {
  readonly size: number;
  readonly modifiedNs: string;
  readonly inode: string;
}

const format = "kinko-rewrap-2";

/** Before the first line. */
export const startState: RewrapState = {
  inputOffset: 0,
  outputOffset: 0,
  lines: 0,
  failedLines: 0,
  versions: {},
  done: false,
};

/**
 * A file of one JSON object a line: first the subject, then a state after each batch. It holds
 * offsets, counts and names, and nothing of what is rewrapped.
 */
export class RewrapJournal {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Begins a journal; an older one is replaced. */
  static async create(file: string, subject: RewrapSubject): Promise<RewrapJournal> {
    await rm(file, { force: true });
    // Exclusive: a link that somebody put in the way is not followed.
    const handle = await open(file, "ax", 0o600);
    const journal = new RewrapJournal(handle);
    await journal.#append({ format, ...subject });
    return journal;
  }

  /** Goes on with one that was read before. */
  static async reopen(file: string): Promise<RewrapJournal> {
    const handle = await open(file, "a", 0o600);
    // A record that a crash cut in the middle must not swallow the next one.
    await handle.appendFile("\n");
    return new RewrapJournal(handle);
  }

  /** Resolves when the state is on disk. */
  async record(state: RewrapState): Promise<void> {
    await this.#append(state);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #append(record: object): Promise<void> {
    await this.#handle.appendFile(`${JSON.stringify(record)}\n`);
    await this.#handle.datasync();
  }
}

/** A run that was interrupted. */
export interface KnownRun {
  readonly subject: RewrapSubject;
  readonly state: RewrapState;
}

/** What a journal says; undefined when there is none, or its beginning was never finished. */
export async function readJournal(file: string): Promise<KnownRun | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const records = text.split("\n").flatMap((line) => {
    const record = parse(line);
    return record === undefined ? [] : [record];
  });
  const [first, ...states] = records;
  if (first === undefined || !isSubject(first)) return undefined;
  return { subject: first, state: states.findLast(isState) ?? startState };
}

/** A line that was cut by a crash is no JSON. */
function parse(line: string): unknown {
  try {
    return line === "" ? undefined : (JSON.parse(line) as unknown);
  } catch {
    return undefined;
  }
}

function isSubject(record: unknown): record is RewrapSubject {
  return isObject(record) && record["format"] === format && typeof record["ref"] === "string";
}

function isState(record: unknown): record is RewrapState {
  return (
    isObject(record) &&
    ["inputOffset", "outputOffset", "lines", "failedLines"].every((name) =>
      Number.isSafeInteger(record[name]),
    ) &&
    isObject(record["versions"]) &&
    typeof record["done"] === "boolean" &&
    (record["part"] === undefined || isPart(record["part"]))
  );
}

function isPart(record: unknown): record is PartIdentity {
  return (
    isObject(record) &&
    Number.isSafeInteger(record["size"]) &&
    ["modifiedNs", "inode"].every((name) => typeof record[name] === "string")
  );
}
