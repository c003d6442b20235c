import { open, type FileHandle } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { isSecretError, type EncryptionCapability } from "@kinko/core";
import type { TransitPlace } from "../errors.js";
import type { RewrapFileOptions, RewrapReport } from "../types.js";
import {
  readJournal,
  RewrapJournal,
  startState,
  type KnownRun,
  type RewrapState,
} from "./journal.js";
import { lockOutput } from "./lock.js";
import { isOutdated } from "./newest-version.js";
import { readLineBatches } from "./read-lines.js";
import { rewrapBatch, type RewrappedBatch } from "./rewrap-batch.js";
import { fileFailure, writeWhole } from "./files.js";
import { isSame, openInput, refuseChanged, refuseOther, subjectOf, type Work } from "./subject.js";
import { deliver, identify, openPart, removeJournal, sealPart, workFiles } from "./work-files.js";

/** Ciphertexts in a request, in bytes: as many of 4 KiB as keep Vault busy. */
const batchBytes = 1024 * 1024;
const defaultBatchLines = 1_000;

/** Batches that are under way while an earlier one is written. */
const ahead = 3;

/** Failures that the report tells one by one. */
const maxToldFailures = 100;

/** What a pass, or an earlier run, has delivered. */
interface Delivered {
  readonly report: RewrapReport;
  /** The key was rotated meanwhile: some of it, or all, is not of the newest version any more. */
  readonly outdated: boolean;
}

/** See {@link TransitCapability.rewrapFile}. */
export async function rewrapFile(
  encryption: Pick<EncryptionCapability, "rewrapMany">,
  place: TransitPlace,
  options: RewrapFileOptions,
): Promise<RewrapReport> {
  try {
    const files = await workFiles(options);
    const lock = await lockOutput(files.output, place);
    try {
      return await runPasses({ encryption, place, options, files });
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw isSecretError(error) ? error : fileFailure(error, place);
  }
}

async function runPasses(work: Work): Promise<RewrapReport> {
  const known = await readJournal(work.files.journal);
  const { report, outdated } = await firstPass(work, known);
  if (!outdated) return report;
  const second = await pass(work, 2, undefined);
  const { failures, failedLines, resumedLines } = report;
  return { ...second.report, failures, failedLines, resumedLines };
}

async function firstPass(work: Work, known: KnownRun | undefined): Promise<Delivered> {
  if (known?.state.done !== true) return pass(work, known?.subject.pass ?? 1, known);
  return (await deliverEarlier(work, known)) ?? (await pass(work, 1, undefined));
}

/**
 * Ends a run that had made all of it and was cut before it said so. Undefined when the files are not
 * what it left: then somebody has worked with them since, and its part must not be put over that.
 */
async function deliverEarlier(work: Work, known: KnownRun): Promise<Delivered | undefined> {
  const { encryption, options, files } = work;
  const { state } = known;
  const part = await identify(files.part);
  const found = part ?? (await identify(files.output));
  if (found === undefined || !isDeepStrictEqual(found, state.part)) return undefined;
  const input = await openInput(work, known.subject.pass).catch(() => undefined);
  if (input === undefined) return undefined;
  try {
    const subject = await subjectOf(work, known.subject.pass, input);
    // The delivered output takes the place of an input that is the same file, and is known already.
    const what = part !== undefined ? "all" : files.input === files.output ? "key" : "source";
    if (!isSame(known.subject, subject, what)) return undefined;
  } finally {
    await input.close();
  }
  const made = await open(part === undefined ? files.output : files.part, "r");
  let outdated: boolean;
  try {
    outdated = await isOutdated(encryption, options, made, state.versions);
  } finally {
    await made.close();
  }
  if (part !== undefined) await deliver(files);
  await removeJournal(files);
  return { report: reportOf(state, state.lines, []), outdated };
}

async function pass(work: Work, number: 1 | 2, known: KnownRun | undefined): Promise<Delivered> {
  const { encryption, place, options, files } = work;
  const input = await openInput(work, number);
  try {
    const subject = await subjectOf(work, number, input);
    if (known !== undefined) refuseOther(known.subject, subject, work);
    const start = known?.state ?? startState;
    const part = await openPart(files.part, start.outputOffset, known !== undefined);
    try {
      const journal =
        known === undefined
          ? await RewrapJournal.create(files.journal, subject)
          : await RewrapJournal.reopen(files.journal);
      try {
        const totalBytes = subject.inputBytes;
        const run = { encryption, place, options, input, part, journal, start, totalBytes };
        const { state, failures } = await rewrapAll(run);
        await refuseChanged(work, input, subject);
        const { versions } = state;
        const outdated =
          start.lines === 0
            ? Object.keys(versions).length > 1
            : await isOutdated(encryption, options, part, versions);
        const sealed = await sealPart(part, state.outputOffset);
        await journal.record({ ...state, done: true, part: sealed });
        await deliver(files);
        await removeJournal(files);
        return { report: reportOf(state, start.lines, failures), outdated };
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
