import { createHash } from "node:crypto";
import { constants, open, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isSecretError, type EncryptionCapability } from "@kinko/core";
import { vaultError } from "../../errors/vault-error.js";
import type { TransitPlace } from "../errors.js";
import type { RewrapFileOptions, RewrapReport } from "../types.js";
import {
  readJournal,
  RewrapJournal,
  startState,
  type RewrapState,
  type RewrapSubject,
} from "./journal.js";
import { readLineBatches } from "./read-lines.js";
import { rewrapBatch, type RewrappedBatch } from "./rewrap-batch.js";
import { fileFailure, writeWhole } from "./files.js";

/** Ciphertexts in a request, in bytes: as many of 4 KiB as keep Vault busy. */
const batchBytes = 1024 * 1024;
const defaultBatchLines = 1_000;

/** Batches that are under way while an earlier one is written. */
const ahead = 3;

/** Failures that the report tells one by one. */
const maxToldFailures = 100;

/** The files that lie beside the output while it is made. */
interface WorkFiles {
  readonly input: string;
  readonly output: string;
  readonly part: string;
  readonly journal: string;
}

/** See {@link TransitCapability.rewrapFile}. */
export async function rewrapFile(
  encryption: Pick<EncryptionCapability, "rewrapMany">,
  place: TransitPlace,
  options: RewrapFileOptions,
): Promise<RewrapReport> {
  try {
    const again = { ...options, input: options.output };
    const known = await readJournal((await workFiles(options)).journal);
    if (known?.subject.pass === 2) return await pass(encryption, place, again, 2);
    const report = await pass(encryption, place, options, 1);
    if (Object.keys(report.versions).length < 2) return report;
    // The key was rotated meanwhile: what was done first is not the newest any more.
    const second = await pass(encryption, place, again, 2);
    const { failures, failedLines, resumedLines } = report;
    return { ...second, failures, failedLines, resumedLines };
  } catch (error) {
    throw isSecretError(error) ? error : fileFailure(error, place);
  }
}

async function pass(
  encryption: Pick<EncryptionCapability, "rewrapMany">,
  place: TransitPlace,
  options: RewrapFileOptions,
  number: 1 | 2,
): Promise<RewrapReport> {
  const files = await workFiles(options);
  let known = await readJournal(files.journal);
  const input = await open(files.input, "r");
  try {
    const { size, mtimeMs } = await input.stat();
    const subject: RewrapSubject = {
      ref: place.ref,
      inputBytes: size,
      inputModifiedMs: mtimeMs,
      binding: bindingHash(options),
      pass: number,
    };
    if (known?.state.done === true) {
      const { state } = known;
      // An input that is its own output has been replaced by it, and is another file now.
      const same = files.input === files.output || isSame(known.subject, subject);
      await finish(files);
      await rm(files.journal, { force: true });
      if (same && known.subject.ref === place.ref) return reportOf(state, state.lines, []);
      known = undefined;
    }
    if (known !== undefined) refuseOther(known.subject, subject, files, place);
    const start = known?.state ?? startState;
    const part = await openPart(files.part, start, known !== undefined);
    try {
      const journal =
        known === undefined
          ? await RewrapJournal.create(files.journal, subject)
          : await RewrapJournal.reopen(files.journal);
      try {
        const run = { encryption, place, options, input, part, journal, start, totalBytes: size };
        const { state, failures } = await rewrapAll(run);
        await refuseChanged(input, subject, files, place);
        await journal.record({ ...state, done: true });
        await finish(files);
        await rm(files.journal, { force: true });
        return reportOf(state, start.lines, failures);
      } finally {
        await journal.close();
      }
    } finally {
      await part.close();
    }
  } finally {
    await input.close();
  }
}

type Failures = readonly { readonly line: number; readonly reason: string }[];

async function rewrapAll(run: {
  readonly encryption: Pick<EncryptionCapability, "rewrapMany">;
  readonly place: TransitPlace;
  readonly options: RewrapFileOptions;
  readonly input: FileHandle;
  readonly part: FileHandle;
  readonly journal: RewrapJournal;
  readonly start: RewrapState;
  readonly totalBytes: number;
}): Promise<{ readonly state: RewrapState; readonly failures: Failures }> {
  const { encryption, place, options, part, journal, start, totalBytes } = run;
  let state = start;
  const failures: { line: number; reason: string }[] = [];
  const underWay: Promise<RewrappedBatch>[] = [];
  const commit = async (): Promise<void> => {
    const batch = await (underWay.shift() as Promise<RewrappedBatch>);
    await writeWhole(part, batch.bytes, state.outputOffset);
    await part.datasync();
    state = after(state, batch);
    failures.push(...batch.failures.slice(0, maxToldFailures - failures.length));
    await journal.record(state);
    options.onProgress?.({ lines: state.lines, bytes: state.inputOffset, totalBytes });
  };
  const from = { offset: start.inputOffset, line: start.lines + 1 };
  const limits = { lines: options.batchLines ?? defaultBatchLines, bytes: batchBytes };
  for await (const lines of readLineBatches(run.input, from, limits)) {
    options.signal?.throwIfAborted();
    const batch = rewrapBatch(encryption, place, options, lines);
    // It is awaited in its turn; until then a failure is not unhandled.
    batch.catch(() => undefined);
    underWay.push(batch);
    if (underWay.length >= ahead) await commit();
  }
  while (underWay.length > 0) await commit();
  return { state, failures };
}

function after(state: RewrapState, batch: RewrappedBatch): RewrapState {
  const versions = { ...state.versions };
  for (const [version, count] of Object.entries(batch.versions)) {
    versions[version] = (versions[version] ?? 0) + count;
  }
  return {
    inputOffset: batch.endOffset,
    outputOffset: state.outputOffset + batch.bytes.byteLength,
    lines: state.lines + batch.lineCount,
    failedLines: state.failedLines + batch.failures.length,
    versions,
    done: false,
  };
}

function reportOf(state: RewrapState, resumedLines: number, failures: Failures): RewrapReport {
  const { lines, versions, failedLines } = state;
  return { lines, resumedLines, versions, failedLines, failures };
}

async function workFiles(options: RewrapFileOptions): Promise<WorkFiles> {
  const output = await realpath(options.output).catch(() => resolve(options.output));
  const beside = (suffix: string): string =>
    join(dirname(output), `.${basename(output)}.rewrap-${suffix}`);
  return {
    input: resolve(options.input),
    output,
    part: beside("part"),
    journal: beside("journal"),
  };
}

async function openPart(file: string, start: RewrapState, resumed: boolean): Promise<FileHandle> {
  if (!resumed) await rm(file, { force: true });
  const flags = constants.O_RDWR | constants.O_NOFOLLOW;
  const created = constants.O_CREAT | (resumed ? 0 : constants.O_EXCL);
  const handle = await open(file, flags | created, 0o600);
  const { size } = await handle.stat();
  // What is behind the last record was never promised.
  await handle.truncate(Math.min(size, start.outputOffset));
  if (size >= start.outputOffset) return handle;
  await handle.close();
  throw vaultError(
    "Corrupt",
    "The part that an earlier run has done is shorter than its journal.",
    {
      operation: "rewrapFile",
      reason: "part-too-short",
      advice:
        "Remove the files that end in .rewrap-part and .rewrap-journal beside the output to begin anew.",
    },
  );
}

/** Puts the finished part in the place of the output; done already after a crash in between. */
async function finish(files: WorkFiles): Promise<void> {
  if (await exists(files.part)) await rename(files.part, files.output);
  const folder = await open(dirname(files.output), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function bindingHash({ context, associatedData }: RewrapFileOptions): string {
  const hash = createHash("sha256");
  for (const part of [context, associatedData]) {
    hash.update(`${part?.byteLength ?? -1}:`).update(part ?? "");
  }
  return hash.digest("hex");
}

function isSame(known: RewrapSubject, subject: RewrapSubject): boolean {
  const names = ["ref", "inputBytes", "inputModifiedMs", "binding"] as const;
  return names.every((name) => known[name] === subject[name]);
}

function refuseOther(
  known: RewrapSubject,
  subject: RewrapSubject,
  files: WorkFiles,
  place: TransitPlace,
): void {
  if (isSame(known, subject)) return;
  throw changed("An earlier run was interrupted, with another key or another input.", files, place);
}

async function refuseChanged(
  input: FileHandle,
  subject: RewrapSubject,
  files: WorkFiles,
  place: TransitPlace,
): Promise<void> {
  const { size, mtimeMs } = await input.stat();
  if (size === subject.inputBytes && mtimeMs === subject.inputModifiedMs) return;
  throw changed("The input was changed while it was read.", files, place);
}

function changed(what: string, files: WorkFiles, place: TransitPlace): Error {
  return vaultError("Conflict", what, {
    ...place,
    reason: "input-changed",
    field: "input",
    advice: `Remove ${files.part} and ${files.journal} to begin anew.`,
  });
}
