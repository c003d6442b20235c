/** Longest evidence that a profile accepts, in characters. */
const maxEvidenceLength = 500;

/** Most list entries that a profile accepts. */
export const maxListed = 1000;

/**
 * Makes text that was put together from what a disk or a store holds fit for evidence: one line of
 * printable characters, cut where a profile would refuse it.
 */
export function evidenceLine(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, " ");
  return line.length <= maxEvidenceLength ? line : `${line.slice(0, maxEvidenceLength - 2)} …`;
}
