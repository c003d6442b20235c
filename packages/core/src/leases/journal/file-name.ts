import {
  formatIdentity,
  identityOf,
  identityPattern,
  type ProcessIdentity,
} from "./process-identity.js";

/** What the name of a journal tells. A rename hands a journal over, whole and to one only. */
export interface JournalName {
  /** Digest of the backend that the leases belong to. */
  readonly scope: string;
  readonly writer: ProcessIdentity;
  /** Tells journals of one process apart. */
  readonly serial: string;
}

const pattern = new RegExp(
  String.raw`^(?<scope>[0-9a-f]{12})\.${identityPattern}\.(?<serial>[0-9a-f]{16})\.leases$`,
  "u",
);

export function formatJournalName({ scope, writer, serial }: JournalName): string {
  return `${scope}.${formatIdentity(writer)}.${serial}.leases`;
}

/** Undefined for what is no journal. */
export function parseJournalName(name: string): JournalName | undefined {
  const parts = pattern.exec(name)?.groups;
  if (parts === undefined) return undefined;
  const { scope = "", serial = "" } = parts;
  return { scope, writer: identityOf(parts), serial };
}
