import { createHash } from "node:crypto";
import { open, stat, type FileHandle } from "node:fs/promises";
import type { EncryptionCapability } from "@kinko/core";
import { vaultError } from "../../errors/vault-error.js";
import type { TransitPlace } from "../errors.js";
import type { RewrapFileOptions } from "../types.js";
import type { RewrapSubject } from "./journal.js";
import type { WorkFiles } from "./work-files.js";

/** All that does not change between the passes of a run. */
export interface Work {
  readonly encryption: Pick<EncryptionCapability, "rewrapMany">;
  readonly place: TransitPlace;
  readonly options: RewrapFileOptions;
  readonly files: WorkFiles;
}

/** The second pass reads what the first has written. */
export function openInput({ files }: Work, number: 1 | 2): Promise<FileHandle> {
  return open(number === 1 ? files.input : files.output, "r");
}

/** @throws NodeJS.ErrnoException when a file is not there */
export async function subjectOf(
  { place, options, files }: Work,
  number: 1 | 2,
  input: FileHandle,
): Promise<RewrapSubject> {
  const { size, mtimeMs } = await input.stat();
  const source = number === 1 ? { size, mtimeMs } : await stat(files.input);
  return {
    ref: place.ref,
    inputBytes: size,
    inputModifiedMs: mtimeMs,
    sourceBytes: source.size,
    sourceModifiedMs: source.mtimeMs,
    binding: bindingHash(options),
    pass: number,
  };
}

function bindingHash({ context, associatedData }: RewrapFileOptions): string {
  const hash = createHash("sha256");
  for (const part of [context, associatedData]) {
    hash.update(`${part?.byteLength ?? -1}:`).update(part ?? "");
  }
  return hash.digest("hex");
}

/** What has to be the same: of the key alone, of the caller's file too, or of the pass's input too. */
const compared = {
  key: ["ref", "binding"],
  source: ["ref", "binding", "sourceBytes", "sourceModifiedMs"],
  all: ["ref", "binding", "sourceBytes", "sourceModifiedMs", "inputBytes", "inputModifiedMs"],
} as const;

export function isSame(
  known: RewrapSubject,
  subject: RewrapSubject,
  what: keyof typeof compared,
): boolean {
  return compared[what].every((name) => known[name] === subject[name]);
}

/** Also a file that was put in the place of the input; its lines would be lost when it is the output. */
export async function refuseChanged(
  { files, place }: Work,
  input: FileHandle,
  subject: RewrapSubject,
): Promise<void> {
  const { size, mtimeMs, ino } = await input.stat();
  const now = await stat(subject.pass === 1 ? files.input : files.output).catch(() => undefined);
  const same = size === subject.inputBytes && mtimeMs === subject.inputModifiedMs;
  if (same && (now === undefined || now.ino === ino)) return;
  throw changed("The input was changed while it was read.", files, place);
}

/** @throws ConflictError */
export function refuseOther(known: RewrapSubject, subject: RewrapSubject, work: Work): void {
  if (isSame(known, subject, "all")) return;
  const what = "An earlier run was interrupted, with another key or input.";
  throw changed(what, work.files, work.place);
}

function changed(what: string, files: WorkFiles, place: TransitPlace): Error {
  return vaultError("Conflict", what, {
    ...place,
    reason: "input-changed",
    field: "input",
    advice: `Remove ${files.part} and ${files.journal} to begin anew.`,
  });
}
