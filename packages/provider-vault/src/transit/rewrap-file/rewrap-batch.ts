import type { EncryptionCapability, SecretError, SecretErrorCode } from "@kinko/core";
import { createSecretError } from "@kinko/core";
import type { TransitPlace } from "../errors.js";
import type { RewrapFileOptions } from "../types.js";
import type { LineBatch } from "./read-lines.js";

/** Some lines, rewrapped. */
export interface RewrappedBatch {
  /** As they go into the output. */
  readonly bytes: Buffer;
  readonly endOffset: number;
  readonly lineCount: number;
  readonly versions: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly line: number; readonly reason: string }[];
}

/** Failures that are the line's own; every other ends the run, which can be resumed. */
const ofTheLine: ReadonlySet<SecretErrorCode> = new Set<SecretErrorCode>([
  "InvalidValue",
  "Corrupt",
  "VersionNotFound",
  "Disabled",
  "Destroyed",
  "TooLarge",
]);

/** Whether the failure is one of the ciphertext, and others would go well. */
export function isOfTheLine(error: SecretError): boolean {
  return ofTheLine.has(error.code);
}

/** Rewraps some lines; empty ones stay empty. @throws SecretError that names the line */
export async function rewrapBatch(
  encryption: Pick<EncryptionCapability, "rewrapMany">,
  place: TransitPlace,
  options: RewrapFileOptions,
  batch: LineBatch,
): Promise<RewrappedBatch> {
  const { key, context, associatedData, signal, onBadLine = "stop" } = options;
  const output = [...batch.lines];
  const numbers = output.flatMap((line, index) => (line === "" ? [] : [index]));
  const items = numbers.map((index) => ({
    ciphertext: output[index] ?? "",
    context,
    associatedData,
  }));
  const outcomes = items.length === 0 ? [] : await encryption.rewrapMany(key, items, { signal });
  const versions: Record<string, number> = {};
  const failures: { line: number; reason: string }[] = [];
  for (const [at, index] of numbers.entries()) {
    const outcome = outcomes[at];
    if (outcome === undefined) continue;
    if ("value" in outcome) {
      output[index] = outcome.value;
      const version = /^vault:v(\d+):/u.exec(outcome.value)?.[1] ?? "unknown";
      versions[version] = (versions[version] ?? 0) + 1;
      continue;
    }
    const { error } = outcome;
    const line = batch.firstLine + index;
    if (!isOfTheLine(error)) throw error;
    if (onBadLine === "keep") {
      failures.push({ line, reason: error.reason ?? error.code });
      continue;
    }
    throw createSecretError(
      error.code,
      `Line ${line} cannot be rewrapped; nothing was delivered.`,
      {
        ...place,
        reason: error.reason,
        field: error.field,
        requestId: error.requestId,
        advice: error.advice,
      },
    );
  }
  const text = output.join("\n") + (batch.ended ? "\n" : "");
  return {
    bytes: Buffer.from(text, "latin1"),
    endOffset: batch.endOffset,
    lineCount: output.length,
    versions,
    failures,
  };
}
