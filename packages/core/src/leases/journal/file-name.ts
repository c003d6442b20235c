import type { ProcessIdentity } from "./process-identity.js";

/** What the name of a journal tells. A rename hands a journal over, whole and to one only. */
export interface JournalName {
  /** Digest of the backend that the leases belong to. */
  readonly scope: string;
  readonly writer: ProcessIdentity;
  /** Tells journals of one process apart. */
  readonly serial: string;
}

const pattern =
  /^(?<scope>[0-9a-f]{12})\.(?<place>[0-9a-f]{12})\.(?<boot>[0-9a-f]{12})\.(?<pid>[1-9]\d{0,9})-(?<startedAt>\d{1,20})\.(?<serial>[0-9a-f]{16})\.leases$/u;

export function formatJournalName({ scope, writer, serial }: JournalName): string {
  const { place, boot, pid, startedAt } = writer;
  return `${scope}.${place}.${boot}.${pid}-${startedAt}.${serial}.leases`;
}

/** Undefined for what is no journal. */
export function parseJournalName(name: string): JournalName | undefined {
  const parts = pattern.exec(name)?.groups;
  if (parts === undefined) return undefined;
  const { scope = "", place = "", boot = "", pid = "", startedAt = "", serial = "" } = parts;
  return { scope, writer: { place, boot, pid: Number(pid), startedAt }, serial };
}
