import { parseVersionId, versionFingerprint, type VersionMark } from "./version-id.js";

/** A version as AWS lists it, whoever wrote it. */
export interface NativeVersion {
  readonly id: string;
  readonly createdAt: Date | undefined;
  readonly stages: readonly string[];
}

/**
 * The versions that were current at some time, newest first.
 *
 * What is left out are the versions of check-and-sets that lost or broke off: they carry no label, and
 * say in their id which version they were to replace. At most one ever replaced it. They are known to
 * have failed when
 * - another one is known to have done it, because it has a label, or a later check-and-set names it as
 *   the version to replace; or
 * - the version that they were to replace is current still, or was so until the last write.
 *
 * Where none of this tells, a version is kept, since a history may rather show too much than too little.
 */
export function toHistory(versions: readonly NativeVersion[]): NativeVersion[] {
  const marked = versions.map((version) => ({ version, mark: parseVersionId(version.id) }));
  const named = new Set(marked.flatMap(({ mark }) => mark?.parent ?? []));
  const wasCurrent = ({ id, stages }: NativeVersion): boolean =>
    stages.length > 0 || named.has(versionFingerprint(id));
  const settled = new Set(
    marked.flatMap(({ version, mark }) => [
      ...(rankOf(version) > 0 ? [versionFingerprint(version.id)] : []),
      ...(mark?.parent !== undefined && wasCurrent(version) ? [mark.parent] : []),
    ]),
  );
  return marked
    .filter(
      ({ version, mark }) =>
        mark?.parent === undefined || !settled.has(mark.parent) || wasCurrent(version),
    )
    .sort(newestFirst)
    .map(({ version }) => version);
}

interface MarkedVersion {
  readonly version: NativeVersion;
  readonly mark: VersionMark | undefined;
}

/** By AWS's time, and within the same one by the label and by the time that the writer noted. */
function newestFirst(a: MarkedVersion, b: MarkedVersion): number {
  const byServer = timeOf(b.version) - timeOf(a.version);
  if (byServer !== 0) return byServer;
  const byWriter = (b.mark?.writtenAtMs ?? 0) - (a.mark?.writtenAtMs ?? 0);
  return byWriter === 0 ? rankOf(b.version) - rankOf(a.version) : byWriter;
}

function timeOf({ createdAt }: NativeVersion): number {
  return createdAt?.getTime() ?? 0;
}

function rankOf({ stages }: NativeVersion): number {
  return stages.includes("AWSCURRENT") ? 2 : stages.includes("AWSPREVIOUS") ? 1 : 0;
}
