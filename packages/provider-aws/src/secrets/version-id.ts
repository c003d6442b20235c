import { createHash, randomUUID } from "node:crypto";
import type { SecretKind } from "@kinko/core";

/** What the id of a version tells, when this package made it. */
export interface VersionMark {
  readonly kind: SecretKind;
  /** AWS keeps no empty value: what stands there is a placeholder. */
  readonly empty: boolean;
  /** Milliseconds since 1970, by the clock of the writer. */
  readonly writtenAtMs: number;
  /** Of a check-and-set: the fingerprint of the version that was to be replaced. */
  readonly parent: string | undefined;
}

const pattern =
  /^kinko-(?<kind>text|json|binary|empty-text|empty-binary)-(?<time>[\da-f]{12})[\da-f]{16}(?:-on-(?<parent>[\da-f]{12}))?$/u;

/**
 * Makes the id of a new version. AWS lets the writer choose it (`ClientRequestToken`, 32 to 64
 * characters), so that a repeated request is recognised.
 *
 * The kind of the value is in it because nothing else at AWS belongs to one version alone: tags and
 * description are the whole secret's, and a mark in the value would show in every other tool that
 * reads it. The id never changes, and it cannot be lost without the version.
 */
export function createVersionId(
  mark: Pick<VersionMark, "kind" | "empty"> & { readonly replaces?: string | undefined },
  nowMs: number,
): string {
  const kind = mark.empty ? `empty-${mark.kind}` : mark.kind;
  const time = Math.max(0, Math.trunc(nowMs)).toString(16).padStart(12, "0").slice(-12);
  const parent = mark.replaces === undefined ? "" : `-on-${versionFingerprint(mark.replaces)}`;
  return `kinko-${kind}-${time}${randomDigits()}${parent}`;
}

/** 64 random bits in hexadecimal, from the parts of a UUID that are random throughout. */
function randomDigits(): string {
  // Node keeps random bytes in stock for these alone; asking for 8 of them takes longer than all else here.
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}

/** Reads the id of a version; undefined when another tool wrote it. */
export function parseVersionId(id: string): VersionMark | undefined {
  const { kind, time, parent } = pattern.exec(id)?.groups ?? {};
  if (kind === undefined || time === undefined) return undefined;
  return {
    kind: kind.replace("empty-", "") as SecretKind,
    empty: kind.startsWith("empty-"),
    writtenAtMs: Number.parseInt(time, 16),
    parent,
  };
}

/** A short form of an id of any tool, that fits into another id. */
export function versionFingerprint(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 12);
}

/** Whether AWS can have given out this id. */
export function isPossibleVersionId(id: string): boolean {
  return id.length >= 32 && id.length <= 64;
}
